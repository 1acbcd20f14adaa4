/** The filters of the ticket search as they stand in the address bar, and what they ask of the server. Pure. */

export interface Filters {
  q: string
  stage: string[]
  unit: number | null
  category: string
  due: '' | 'late' | 'near' | 'today'
}

export const NONE: Filters = { q: '', stage: [], unit: null, category: '', due: '' }

type Written = Record<string, unknown>
const one = (value: unknown): string => String((Array.isArray(value) ? value[0] : value) ?? '')

export function fromAddress(query: Written): Filters {
  const due = one(query.due)
  const unit = one(query.unit)
  return {
    q: one(query.q),
    stage: one(query.stage).split(',').filter(Boolean),
    unit: /^\d{1,9}$/.test(unit) ? Number(unit) : null,
    category: one(query.category),
    due: due === 'late' || due === 'near' || due === 'today' ? due : '',
  }
}

/** Only what is set, so that an address can be read and sent to a colleague. */
export function toAddress(filters: Filters): Record<string, string> {
  const written = {
    q: filters.q.trim(),
    stage: filters.stage.join(','),
    unit: filters.unit === null ? '' : String(filters.unit),
    category: filters.category,
    due: filters.due,
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== ''))
}

export const isSet = (filters: Filters): boolean => Object.keys(toAddress(filters)).length > 0
