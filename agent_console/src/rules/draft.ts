/** What an agent has noted of one call: pure, so that nothing said can be lost or land in another ticket unseen. */
import type { Disposition, Kind, Lifted, Suggestion, Urgency } from '@/api/types'
import { isPhone, plain } from './phone'

export type Ending =
  { as: 'dispatch' } | { as: 'answer'; answer: string } | { as: 'redirect'; disposition: Disposition; told: string }

export interface Choice {
  code: string
  name: string
}

export interface Draft {
  /** Its own name for ever: a message sent twice makes one ticket. */
  key: string
  /** The telephone call that it is written in; null: taken by hand. */
  call: string | null
  begun: number
  /** When the caller hung up and the writing-up began (整理). */
  hungUp: number | null
  phone: string
  name: string
  anonymous: boolean
  kind: Kind | null
  urgency: Urgency | null
  title: string
  content: string
  address: string
  region: Choice | null
  category: Choice | null
  unit: { id: number; name: string } | null
  confidential: boolean
  callback: boolean
  /** 涉企, as the agent said; null: as the text has it. */
  enterprise: boolean | null
  /** The open ticket this call is to be merged into. */
  into: { id: number; title: string } | null
  /** What the text said at the last look. */
  lifted: Lifted[]
  /** Kinds and values that the agent has struck out. */
  struck: string[]
  /** What was suggested at the last look, so that a reload shows it at once. */
  located: Choice | null
  suggestedKind: Kind | null
  suggestedEnterprise: boolean
  /** Set when it was sent and no answer came: it goes out by itself when the network is back. */
  waiting: { message: Record<string, unknown>; since: number } | null
  /** Why the server would not have it. */
  refused: string | null
}

export function blank(key: string, now: number, phone = ''): Draft {
  return {
    key,
    call: null,
    begun: now,
    hungUp: null,
    phone,
    name: '',
    anonymous: false,
    kind: null,
    urgency: null,
    title: '',
    content: '',
    address: '',
    region: null,
    category: null,
    unit: null,
    confidential: false,
    callback: true,
    enterprise: null,
    into: null,
    lifted: [],
    struck: [],
    located: null,
    suggestedKind: null,
    suggestedEnterprise: false,
    waiting: null,
    refused: null,
  }
}

const WRITTEN = ['phone', 'name', 'title', 'content', 'address'] as const

export const isBlank = (draft: Draft): boolean =>
  WRITTEN.every((field) => !draft[field].trim()) &&
  !draft.category &&
  !draft.region &&
  !draft.into &&
  !draft.waiting &&
  !draft.call

const mark = (one: Lifted) => `${one.kind}:${one.value}`

/** What the text says and the agent has not struck out. */
export const standing = (draft: Draft): Lifted[] => draft.lifted.filter((one) => !draft.struck.includes(mark(one)))

export const strike = (draft: Draft, one: Lifted): string[] => [...new Set([...draft.struck, mark(one)])]

export function firstOf(draft: Draft, kind: Lifted['kind']): string {
  return standing(draft).find((one) => one.kind === kind)?.value ?? ''
}

/** The longest place named is the address; 人民路 and later 人民路12号 mean the second. */
export function placeOf(draft: Draft): string {
  const places = standing(draft).filter((one) => one.kind === 'place')
  return places.reduce((best, one) => (one.value.length > best.length ? one.value : best), '')
}

/** Fields as they will be sent: what the agent typed, else what was lifted out of the text. */
export interface Effective {
  phone: string
  name: string
  address: string
  expected: string
  kind: Kind | null
  region: Choice | null
}

export function effective(draft: Draft): Effective {
  return {
    phone: draft.phone.trim() || (draft.anonymous ? '' : firstOf(draft, 'phone')),
    name: draft.name.trim() || (draft.anonymous ? '' : firstOf(draft, 'name')),
    address: draft.address.trim() || placeOf(draft),
    expected: standing(draft)
      .filter((one) => one.kind === 'demand')
      .map((one) => one.value)
      .join(';'),
    kind: draft.kind ?? draft.suggestedKind,
    region: draft.region ?? draft.located,
  }
}

/** The first sentence, as the server makes it of a text without a title. */
export function titleOf(content: string): string {
  const text = content.trim()
  const first = text.split(/[。!?!?;;\n]/, 1)[0]!.trim() || text
  return first.length <= 40 ? first : `${first.slice(0, 39)}…`
}

export type Fault = { field: string; word: string }
const LEAST = 10

/** What forbids sending, and what only deserves a second look. */
export function faults(draft: Draft, ending: Ending): { hard: Fault[]; soft: Fault[] } {
  const given = effective(draft)
  const hard: Fault[] = []
  const soft: Fault[] = []
  const emergency = ending.as === 'redirect' && ending.disposition === 'emergency_line'
  if (draft.content.trim().length < LEAST && !emergency) hard.push({ field: 'content', word: 'contentShort' })
  if (given.phone && !isPhone(given.phone) && !/^\d{3,8}$/.test(plain(given.phone)))
    hard.push({ field: 'phone', word: 'phoneWrong' })
  if (ending.as === 'answer' && !ending.answer.trim()) hard.push({ field: 'answer', word: 'answerEmpty' })
  if (emergency) return { hard, soft }
  if (!given.phone && !draft.anonymous) soft.push({ field: 'phone', word: 'phoneMissing' })
  if (ending.as === 'dispatch' && !draft.into) {
    if (!draft.category) soft.push({ field: 'category', word: 'categoryMissing' })
    if (!given.region && given.kind !== 'consult') soft.push({ field: 'region', word: 'regionMissing' })
  }
  return { hard, soft }
}

const NOTES: Partial<Record<Lifted['kind'], string>> = { amount: '金额', line: '线路', pole: '杆号', plate: '车牌' }
const EMERGENCY = '来电属紧急警情,已即时转接处理。'

/** The message that ends the call: complete, so that it may be sent again word for word. */
export function message(draft: Draft, ending: Ending): Record<string, unknown> {
  const given = effective(draft)
  const content = draft.content.trim()
  const day = standing(draft).find((one) => one.kind === 'time' && /^\d{4}-\d\d-\d\d$/.test(one.value))?.value
  const tags = standing(draft)
    .filter((one) => NOTES[one.kind])
    .map((one) => `${NOTES[one.kind]} ${one.value}`)
  const sent: Record<string, unknown> = {
    external_id: `desk-${draft.key}`,
    call_id: draft.call,
    content: content.length < LEAST ? `${content ? `${content}。` : ''}${EMERGENCY}` : content,
    citizen: { phone: plain(given.phone) || null, name: given.name || null },
    anonymous: draft.anonymous,
    confidential: draft.confidential,
    callback_wanted: draft.callback,
    enterprise: draft.enterprise,
    title: draft.title.trim() || null,
    kind: given.kind,
    urgency: draft.urgency ?? 'normal',
    category: draft.category?.code ?? null,
    address: given.address || null,
    district_code: given.region?.code ?? null,
    occurred_at: day ? `${day}T00:00:00+08:00` : null,
    expected: given.expected || null,
    tags: [...new Set(tags)].slice(0, 20).map((tag) => tag.slice(0, 50)),
  }
  if (ending.as === 'answer') sent.answer = ending.answer.trim()
  else if (ending.as === 'redirect') Object.assign(sent, { disposition: ending.disposition, told: ending.told })
  else if (draft.into) sent.merge_into = draft.into.id
  else if (draft.unit) sent.unit_id = draft.unit.id
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null))
}

/** The draft after a look at its text. */
export function looked(said: Suggestion): Partial<Draft> {
  return {
    lifted: said.lifted,
    suggestedKind: said.kind,
    suggestedEnterprise: said.enterprise,
    located: said.region ? { code: said.region, name: said.region_name ?? said.region } : null,
  }
}

/** mm:ss, or h:mm:ss from an hour on. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`
}
