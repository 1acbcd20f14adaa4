/** A dialog puts the caret on its frame when it opens; hands on the keyboard want it where they type. */
export function focusFirst(): void {
  setTimeout(() => {
    const first = document.querySelector<HTMLElement>('.el-dialog [data-first]')
    // What is made of several elements is marked as a whole: the field is in it.
    const field = first?.matches('input, textarea, select, button') ? first : first?.querySelector<HTMLElement>('input')
    field?.focus()
  })
}
