/** A column of a TicketTable. Its cell is the slot `cell-<key>`; without one, the row's own value. */
export interface Column {
  key: string
  title: string
  /** A CSS grid track: `120px`, `minmax(160px, 1fr)`. */
  width?: string
  end?: boolean
}

/** The tracks of one line: the tick box first, when there is one. */
export function tracks(columns: readonly Column[], selectable: boolean): string {
  const widths = columns.map((column) => column.width ?? 'minmax(80px, 1fr)')
  return [...(selectable ? ['32px'] : []), ...widths].join(' ')
}

/** Where the cursor goes: kept within the list, and on the same ticket when the list changes under it. */
export function moved(ids: readonly number[], current: number | null, by: number): number | null {
  if (ids.length === 0) return null
  const known = current === null ? -1 : ids.indexOf(current)
  const at = known < 0 && by < 0 ? ids.length : known
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null
}

/** The one to stand on when the current one has left the list: whoever has taken its place. */
export function heir(before: readonly number[], after: readonly number[], gone: number): number | null {
  const left = new Set(after)
  const at = before.indexOf(gone)
  const next = before.slice(at + 1).find((id) => left.has(id))
  return next ?? before.slice(0, Math.max(0, at)).findLast((id) => left.has(id)) ?? null
}

/** How far to scroll so that a row is in view, under a heading that stays: not at all when it is there already. */
export function scrolledTo(at: number, row: number, head: number, seen: { top: number; height: number }): number {
  const begin = at * row
  const end = head + begin + row
  if (begin < seen.top) return begin
  return Math.max(seen.top, end - seen.height)
}
