/** What a notice says, and how loud: the words are in `notices`. */
export interface Told {
  number: number
  ticket_id: number
  at: string
  kind: string
  clock: string
  /** Who urges; of a decision, granted or refused. */
  origin: string
  due_at?: string | null
  urgent: boolean
  read_at?: string | null
  title: string
  /** It is about a letter, a question before the meeting or a task, and no line of a ticket. */
  duty_id?: number | null
  /** What the reviewer said to what was asked. */
  note?: string
}

export interface NoticeShown {
  told: Told
  /** Whether the ticket may be opened; of one that has gone elsewhere the number alone is shown. */
  open: boolean
}

export type Saying =
  | { as: 'urged'; by: string }
  | { as: 'supervised' }
  | { as: 'asked'; what: string }
  | { as: 'decided'; what: string; decision: string }
  | { as: 'light'; clock: string; light: string }

export function saying(told: Told): Saying {
  if (told.kind === 'urge') return { as: 'urged', by: told.origin || 'agent' }
  if (told.kind === 'supervise') return { as: 'supervised' }
  if (told.kind === 'asked') return { as: 'asked', what: told.clock }
  if (told.kind === 'decided') return { as: 'decided', what: told.clock, decision: told.origin }
  return { as: 'light', clock: told.clock, light: told.kind }
}

const LOUD = ['late', 'very_late', 'supervise']

export function toneOf(told: Told): 'late' | 'near' | '' {
  if (LOUD.includes(told.kind)) return 'late'
  return ['urge', 'asked', 'decided'].includes(told.kind) ? '' : 'near'
}

/** Read from now on; what was read before keeps its moment. */
export function asRead<N extends NoticeShown>(one: N, at: string): N {
  return one.told.read_at ? one : { ...one, told: { ...one.told, read_at: at } }
}

/** Older ones behind; nothing twice, whatever came between two pages. */
export function appended<N extends NoticeShown>(known: readonly N[], more: readonly N[]): N[] {
  const numbers = new Set(known.map((one) => one.told.number))
  return [...known, ...more.filter((one) => !numbers.has(one.told.number) && numbers.add(one.told.number))]
}

/** Where a notice leads: to its ticket, or to the duties of the unit; who keeps the register looks there. */
export function placeOf(one: NoticeShown, ofUnit: boolean): string | null {
  if (!one.open) return null
  const { told } = one
  if (!told.duty_id) return `/tickets/${told.ticket_id}`
  if (ofUnit) return '/duties'
  const tab = { letter: 'letters', comment: 'difficult', task: 'instructions' }[told.clock]
  return `/supervision?tab=${tab ?? 'letters'}`
}
