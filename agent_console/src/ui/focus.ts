/** A dialog puts the caret on its frame when it opens; hands on the keyboard want it where they type. */
export function focusFirst(): void {
  setTimeout(() => document.querySelector<HTMLElement>('.el-dialog [data-first]')?.focus())
}
