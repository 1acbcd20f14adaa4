/** A history line as a screen tells it: what of its payload a person wants to read, and in which colour. Pure. */

export interface Line {
  seq: number
  at: string
  event: string
  actor: string
  actor_unit: number | null
  source: string | null
  target: string
  reason: string
  payload: Readonly<Record<string, unknown>>
}

/** One thing that happened, in words. */
export interface Moment {
  key: number | string
  at: string
  /** 派单 */
  what: string
  who: string
  where?: string | undefined
  /** From which state to which, when it changed. */
  moved?: [source: string, target: string] | undefined
  text?: string | undefined
  details?: readonly (readonly [name: string, value: string])[]
  tone?: Tone | undefined
  /** The call that it tells of. */
  call?: string | undefined
  /** Came while this page was open. */
  fresh?: boolean
}

export type Tone = 'near' | 'late' | 'done' | 'quiet'

/** What a value of the payload is, so that the screen can say it in words. */
export type Part =
  | { name: string; is: 'unit'; units: number[] }
  | { name: string; is: 'person'; person: number }
  | { name: string; is: 'term'; set: string; value: string }
  | { name: string; is: 'moment'; at: string }
  | { name: string; is: 'flag'; yes: boolean }
  | { name: string; is: 'ticket'; id: number }
  | { name: string; is: 'category'; code: string }
  | { name: string; is: 'text'; text: string }
  /** A deadline that was moved; where it stood before is not known of every line. */
  | { name: string; is: 'shift'; clock: string; from: string | null; to: string }

const TERMS: Record<string, string> = {
  kind: 'kind',
  urgency: 'urgency',
  solved: 'solved',
  outcome: 'outcome',
  closing: 'closing',
  disposition: 'disposition',
  dissatisfied_with: 'dissatisfied',
  light: 'light',
  clock: 'clock',
  origin: 'origin',
  part: 'part',
  how: 'way',
}
const MOMENTS = ['due', 'milestone', 'review', 'next_after', 'callback_due']
const UNITS = ['proposed_unit', 'accused_unit']
const FLAGS = [
  'reached',
  'found_true',
  'granted',
  'waived',
  'to_catalogue',
  'wrong_unit',
  'automatic',
  'contacted',
  'as_told',
]
const TEXTS = [
  'basis',
  'because',
  'result',
  'account',
  'told',
  'explanation',
  'evidence',
  'plan',
  'leader',
  'proof',
  'ground',
  'progress',
  'new_facts',
  'number',
  'level',
  'rating',
  'note',
  'reasons',
  'rules',
  'amount',
  'draw',
  'working_days',
  'text',
]
/** Said where the line itself does not say it already. */
const ONLY_FOR: Record<string, readonly string[]> = {
  kind: ['create', 'classify'],
  number: ['supervise'],
  origin: ['urge'],
  wrong_unit: ['approve_return'],
  clock: ['mark_deadline'],
}

export function parts(line: Line): Part[] {
  if (line.event === 'recompute') return [...shifts(line.payload), ...text('because', line.payload.because ?? '')]
  return Object.entries(line.payload).flatMap(([name, value]) => {
    const only = ONLY_FOR[name]
    if (value === null || value === '' || (only && !only.includes(line.event))) return []
    return part(line, name, value)
  })
}

/** Grounds of a closed list; others are written. */
const GROUNDS: Record<string, string> = { appeal: 'appeal_ground', request_exclusion: 'exclusion_ground' }

function part(line: Line, name: string, value: unknown): Part[] {
  if (name === 'channel')
    return [{ name, is: 'term', set: line.event === 'create' ? 'channel' : 'way', value: String(value) }]
  if (name === 'category') return [{ name, is: 'category', code: String(value) }]
  if (name === 'confidence') return [{ name, is: 'text', text: `${Math.round(Number(value) * 100)}%` }]
  if (name === 'lead' || name === 'share') return shares(name, [value])
  if (name === 'assists') return shares(name, value)
  if (name === 'candidates')
    return Array.isArray(value) && value.length ? [{ name, is: 'unit', units: value.map(Number) }] : []
  if (name === 'person_id') return [{ name, is: 'person', person: Number(value) }]
  if (name === 'master_id') return [{ name, is: 'ticket', id: Number(value) }]
  if (name === 'ground' && line.event in GROUNDS)
    return [{ name, is: 'term', set: GROUNDS[line.event]!, value: String(value) }]
  if (name in TERMS) return [{ name, is: 'term', set: TERMS[name]!, value: String(value) }]
  if (MOMENTS.includes(name)) return [{ name, is: 'moment', at: String(value) }]
  if (UNITS.includes(name)) return [{ name, is: 'unit', units: [Number(value)] }]
  if (FLAGS.includes(name)) return [{ name, is: 'flag', yes: Boolean(value) }]
  if (TEXTS.includes(name)) return text(name, value)
  return []
}

const CLOCKS = { finish_due: 'finish', sign_due: 'sign', contact_due: 'contact', return_until: 'return' } as const

/** Which deadlines a change of the calendar or the pack moved, and from where; of a line that does not say, the last day. */
function shifts(payload: Line['payload']): Part[] {
  const shift = (clock: string, from: unknown, to: unknown): Part => ({
    name: 'shift',
    is: 'shift',
    clock,
    from: typeof from === 'string' ? from : null,
    to: String(to),
  })
  if (payload.due) return [shift(String(payload.clock), payload.was_due, payload.due)]
  const [now, was] = [payload.times, payload.was] as (Record<string, unknown> | undefined)[]
  if (!now?.finish_due) return []
  if (!was) return [shift('finish', null, now.finish_due)]
  return Object.entries(CLOCKS).flatMap(([field, clock]) => {
    const [from, to] = [was[field], now[field]]
    return to && Date.parse(String(from)) !== Date.parse(String(to)) ? [shift(clock, from, to)] : []
  })
}

function text(name: string, value: unknown): Part[] {
  const words = Array.isArray(value) ? value.map(String).join(';') : String(value)
  return words ? [{ name, is: 'text', text: words }] : []
}

function shares(name: string, value: unknown): Part[] {
  const given = (Array.isArray(value) ? value : []) as {
    unit_id?: number
    basis?: string
    times?: { finish_due?: string }
  }[]
  const units = given.flatMap((share) => (share.unit_id === undefined ? [] : [share.unit_id]))
  if (!units.length) return []
  const [first] = given
  const found: Part[] = [{ name, is: 'unit', units }]
  if (name !== 'assists' && first?.times?.finish_due)
    found.push({ name: 'due', is: 'moment', at: first.times.finish_due })
  if (name !== 'assists' && first?.basis) found.push({ name: 'basis', is: 'text', text: first.basis })
  return found
}

const PRESSED = [
  'urge',
  'supervise',
  'instruct',
  'mark_difficult',
  'low_rating',
  'answer_letter',
  'request_return',
  'send_back',
  'refuse_reply',
  'reopen',
]
const DONE = ['close', 'answer_directly', 'redirect', 'approve_reply', 'close_with_master', 'conclude', 'strike_off']
const SMALL = ['classify', 'recompute', 'attach', 'register', 'create', 'hand_over', 'archive']

export function toneOf(line: Line): Tone | undefined {
  if (line.event === 'mark_deadline') return String(line.payload.light).includes('late') ? 'late' : 'near'
  if (PRESSED.includes(line.event)) return 'near'
  if (DONE.includes(line.event)) return 'done'
  return SMALL.includes(line.event) ? 'quiet' : undefined
}

/** The call behind a line: of an attempt at a callback the one that was dialled for it. */
export function callOf(line: Line): string | undefined {
  return typeof line.payload.call === 'string' && line.payload.call ? line.payload.call : undefined
}

/** What happened after the version a person had seen, by others than themselves. */
export function since<L extends Line>(lines: readonly L[], version: number): L[] {
  return lines.filter((line) => line.seq > version)
}
