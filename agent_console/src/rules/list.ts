/** Lists under events: rows by id, kept in order, each event folded in. Pure. */

import { newest, type Numbered } from './row'

export interface List<R extends Numbered> {
  rows: ReadonlyMap<number, R>
  /** Where the next page begins; null when everything has been read. */
  cursor: string | null
}

export const empty = <R extends Numbered>(): List<R> => ({ rows: new Map(), cursor: null })

/** A page read from the server, put to what is there. */
export function withPage<R extends Numbered>(list: List<R>, items: readonly R[], cursor: string | null): List<R> {
  return { rows: newest(list.rows, items), cursor }
}

/** Everything read anew; rows that an event brought meanwhile stay when they are newer than the list. */
export function anew<R extends Numbered>(list: List<R>, items: readonly R[], cursor: string | null): List<R> {
  const fresh = new Map(items.map((row) => [row.id, row]))
  for (const [id, row] of fresh) {
    const known = list.rows.get(id)
    if (known && (known.version ?? 0) > (row.version ?? 0)) fresh.set(id, known)
  }
  return { rows: fresh, cursor }
}

/** A row as it is now: `null` means that it does not belong to this list any more. */
export function withRow<R extends Numbered>(list: List<R>, id: number, row: R | null): List<R> {
  if (row === null) {
    if (!list.rows.has(id)) return list
    const rows = new Map(list.rows)
    rows.delete(id)
    return { ...list, rows }
  }
  return { ...list, rows: newest(list.rows, [row]) }
}

/** In the order of the list. */
export function ordered<R extends Numbered>(list: List<R>, order: (a: R, b: R) => number): R[] {
  return [...list.rows.values()].sort((a, b) => order(a, b) || b.id - a.id)
}

/** Newest first, as the server's lists are. */
export const byNumber = (a: Numbered, b: Numbered) => b.id - a.id

/** What is due first; what has no clock last. */
export function byDue(a: { due_at?: string | null }, b: { due_at?: string | null }): number {
  return (a.due_at ? Date.parse(a.due_at) : Infinity) - (b.due_at ? Date.parse(b.due_at) : Infinity) || 0
}
