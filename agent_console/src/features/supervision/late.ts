/** Who is late, who soon will be, and who is likely to be: one list with the same verbs. */
import { candidates, outlook, type Outlook } from '@/api/supervision'

export interface LateRow {
  id: number
  title: string
  due_at: string | null
  created_at?: string
  lead_unit: number | null
  state?: string
  /** Only of those likely to be late: how likely, and what raises it. */
  chance?: number
  because?: readonly string[]
  /** Only of those whose citizens urge: how often. */
  urges?: number
}

const MOST = 200

export function rowsOf(found: Outlook, unit: number | null): LateRow[] {
  return found.items
    .filter((one) => unit === null || one.unit_id === unit)
    .map((one) => ({
      id: one.ticket_id,
      title: one.title,
      due_at: one.due_at,
      lead_unit: one.unit_id,
      chance: one.chance,
      because: one.because,
    }))
}

export async function atRisk(unit: number | null) {
  const found = await outlook({ limit: MOST })
  return { rows: rowsOf(found, unit), learned: found.learned.find((one) => one.name === 'late') ?? null }
}

/** 督办候选: urged twice or more by the citizen and not supervised since, the most urged first. */
export async function urged(unit: number | null): Promise<LateRow[]> {
  const { items } = await candidates()
  return items.filter((one) => unit === null || one.lead_unit === unit)
}
