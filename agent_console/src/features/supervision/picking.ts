/** Choosing from the week's candidates: who is offered to begin with, and which are shown. */
import type { Item } from '@/api/supervision'

export interface Looked {
  /** 类别; empty: every. */
  kind: string
  /** R1 to R11; empty: every. */
  rule: string
  words: string
  chosenOnly: boolean
}
export const EVERYTHING: Looked = { kind: '', rule: '', words: '', chosenOnly: false }

/** What was carried over first, then the weightiest, whatever their class. */
export function offered(items: readonly Item[], most: number): number[] {
  const order = [...items].sort((a, b) => Number(b.carried) - Number(a.carried) || b.score - a.score)
  return order.slice(0, most).map((one) => one.ticket_id)
}

export function shown(items: readonly Item[], looked: Looked, chosen: ReadonlySet<number>): Item[] {
  const words = looked.words.trim().split(/\s+/).filter(Boolean)
  return items.filter((one) => {
    const said = `${one.ticket_id} ${one.row.current} ${one.row.place} ${one.row.summary}`
    return (
      (!looked.kind || one.kind === looked.kind) &&
      (!looked.rule || one.reasons.some((reason) => reason.rule === looked.rule)) &&
      (!looked.chosenOnly || chosen.has(one.ticket_id)) &&
      words.every((word) => said.includes(word))
    )
  })
}

/** How many there are of each, in the order of the list. */
export function tally(items: readonly Item[], of: (one: Item) => readonly string[]): [string, number][] {
  const found = new Map<string, number>()
  for (const one of items) for (const key of of(one)) found.set(key, (found.get(key) ?? 0) + 1)
  return [...found]
}
