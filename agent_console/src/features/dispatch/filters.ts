/** What the dispatcher wants to see of the pool. Pure. */
import type { Query } from '@/api/http'

export const TABS = ['to_dispatch', 'returns', 'consultation', 'mine'] as const
export type Tab = (typeof TABS)[number]
export type Filters = Partial<Record<'kind' | 'category' | 'district' | 'confidence' | 'due', string>>

export const NAMES = ['kind', 'category', 'district', 'confidence', 'due'] as const

/** The filters without those that are empty, in one order: two that mean the same are equal. */
export function tidy(filters: Filters): Filters {
  return Object.fromEntries(NAMES.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])))
}

export const same = (a: Filters, b: Filters) => JSON.stringify(tidy(a)) === JSON.stringify(tidy(b))
export const count = (filters: Filters) => Object.keys(tidy(filters)).length

/** Filters that were kept by an older console, or by hand: what is not known is left out. */
export function readable(kept: unknown): Filters {
  if (typeof kept !== 'object' || kept === null) return {}
  const given = kept as Record<string, unknown>
  return Object.fromEntries(NAMES.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])))
}

export function query(tab: Tab, filters: Filters, more: Query = {}): Query {
  return { tab, ...tidy(filters), ...more }
}

const STATES: Record<Tab, readonly string[]> = {
  to_dispatch: ['registered'],
  returns: ['return_review'],
  consultation: ['consulting'],
  mine: ['registered', 'return_review', 'consulting'],
}

/** Whether a ticket in this state may stand in the tab at all; the rest the server knows. */
export const mayHold = (tab: Tab, state: string) => STATES[tab].includes(state)

/** The server's order: the nearest clock first, what has none last. */
export function byClock(a: { due: string | null; id: number }, b: { due: string | null; id: number }): number {
  const at = (row: { due: string | null }) => (row.due ? Date.parse(row.due) : Infinity)
  const [one, other] = [at(a), at(b)]
  return one === other ? a.id - b.id : one - other
}
