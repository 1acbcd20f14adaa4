/** A pack of limits as a table, and the next version made from it. Pure. */
import type { Hours } from './hours'

export interface Limit {
  amount: number
  unit: string
}
export interface Extension {
  max_times: number
  limit: Limit
  second_by_leader?: boolean
  total_cap?: Limit | null
}
export interface Rule {
  sign: Limit
  finish: Limit
  contact?: Limit | null
  extension?: Extension | null
  return_window?: Limit | null
  return_by_phone?: boolean
}
export const DAY_ENDS = ['24:00', 'business_end'] as const
export type DayEnd = (typeof DAY_ENDS)[number]
export interface Pack {
  name: string
  title: string
  version: number
  effective_from: string
  source: string
  rules: Record<string, Record<string, Rule>>
  rework: Rule
  supervise: Rule
  low_rating: Rule
  /** When a limit in days ends on its last day. */
  day_end?: DayEnd
  hours: Hours
  unit_hours?: Record<string, Hours>
  survey_text?: Partial<SurveyText>
  callback_sample?: Partial<Sample>
  appeals?: Appeals
}
export interface SurveyText {
  /** When a reply is accepted. */
  kinds: string[]
  /** After a direct answer. */
  answered_kinds: string[]
  valid_days: number
}
export interface Sample {
  kinds: string[]
  every: number
}
export interface Appeals {
  result_days: number
  month_days: number
}
export const APPEALS: Appeals = { result_days: 3, month_days: 5 }
/** What holds where a pack says nothing of it. */
export const SURVEY_TEXT: SurveyText = {
  kinds: ['consult', 'seek_help', 'complaint', 'suggestion'],
  answered_kinds: ['consult', 'other'],
  valid_days: 3,
}
export const SAMPLE: Sample = { kinds: ['consult', 'suggestion'], every: 5 }
/** What may be answered directly. */
export const ANSWERED = ['consult', 'praise', 'other']
export interface RuleLine {
  key: string
  kind: string
  urgency: string
  rule: Rule
}

export const UNITS = ['working_days', 'natural_days', 'natural_hours', 'natural_minutes', 'business_hours'] as const

/** As the trade counts them, whatever order the stored pack has. */
export const KINDS = ['consult', 'seek_help', 'complaint', 'report', 'suggestion', 'praise', 'other']

const place = (kind: string) => [...KINDS, 'any'].indexOf(kind)

/** Every rule of a pack, one a line; the pack itself is shown, so that a change of a line changes it. */
export function lines(pack: Pack): RuleLine[] {
  const kinds = Object.entries(pack.rules).sort(([a], [b]) => place(a) - place(b))
  const plain = kinds.flatMap(([kind, byUrgency]) =>
    Object.entries(byUrgency).map(([urgency, rule]) => ({ key: `${kind}/${urgency}`, kind, urgency, rule })),
  )
  const own = (['rework', 'supervise', 'low_rating'] as const).map((kind) => ({
    key: kind,
    kind,
    urgency: '',
    rule: pack[kind],
  }))
  return [...plain, ...own]
}

/** The next version: a copy to change, the newest known number and one more. */
export function next(pack: Pack, versions: readonly number[], day: string): Pack {
  const copy = structuredClone(pack)
  return { ...copy, version: Math.max(0, ...versions) + 1, effective_from: day }
}
