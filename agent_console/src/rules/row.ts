/** A ticket as lists show it (`hotline/tickets/store.py`, Row). */
export interface Row {
  id: number
  state: string
  version: number
  kind: string
  urgency: string
  channel: string
  title: string
  created_at: string
  category: string | null
  confidence: number | null
  region: string | null
  address: string
  lead_unit: number | null
  due_at: string | null
  worst: string | null
  round: number
  returns: number
  confidential: boolean
}

export interface Numbered {
  id: number
  version?: number
}

/** A row replaces an older one of the same ticket, never a newer one: events and lists may overtake each other. */
export function newest<R extends Numbered>(known: ReadonlyMap<number, R>, rows: Iterable<R>): Map<number, R> {
  const next = new Map(known)
  for (const row of rows) {
    const before = next.get(row.id)
    if (before === undefined || (row.version ?? 0) >= (before.version ?? 0)) next.set(row.id, row)
  }
  return next
}
