/** What the pieces of the ticket page need of a ticket. The server's own answers fit; so does whatever a desk makes up. */

import type { About } from './verbs'

export interface Share {
  id: number
  part: string
  unit_id: number
  stage: string
  round: number
  dispatched_at: string
  finish_due: string
  first_finish_due?: string
  sign_due?: string | null
  contact_due?: string | null
  signed_at?: string | null
  contacted_at?: string | null
  finished_at?: string | null
  parent_id?: number | null
  person_id?: number | null
  automatic?: boolean
  basis?: string
  extensions?: number
}

export interface Overlaid {
  id: number
  kind: string
  at: string
  text?: string
  level?: number
  origin?: string
  number?: string
  due?: string | null
  ended_at?: string | null
}

export interface Asked {
  id: number
  asked: string
  unit_id: number
  at: string
  reason: string
  basis?: string
  proposed_unit?: number | null
  amount?: number | null
  plan?: string
  callback_id?: number | null
  milestone?: string | null
  decision: string
  note?: string
}

export interface Body extends About {
  id: number
  version: number
  kind: string
  urgency: string
  channel: string
  created_at: string
  confidential: boolean
  callback_wanted: boolean
  round: number
  returns: number
  closing?: string | null
  ended_at?: string | null
  worst?: string | null
  assignments: readonly Share[]
  requests: readonly Asked[]
  overlays: readonly Overlaid[]
  replies: readonly {
    id: number
    at: string
    solved: string
    decision: string
    found_true: boolean | null
    reasons?: readonly string[]
  }[]
  callbacks: readonly {
    id: number
    round: number
    due: string
    attempts: number
    outcome?: string | null
    solved?: string | null
    rating?: number | null
    ended_at?: string | null
  }[]
}

export interface Words {
  title: string
  content: string
  expected?: string
  original_words?: string
  address?: string
  place?: string
  occurred_at?: string | null
  people?: number | null
  about?: string
  tags?: readonly string[]
}

export interface Citizen {
  name?: string | null
  phone?: string | null
  anonymous: boolean
  elderly?: boolean
  disabled?: boolean
  company?: string | null
}

export interface ReplyWords {
  reply_id: number
  account: string
  public_reply: string
  unsolved_reason?: string
}

export interface FileLine {
  number: number
  name: string
  kind: string
  size: number
  public: boolean
  at: string
  by: string
}

export interface LinkedLine {
  id: number
  relation: string
  state: string
  title: string
  created_at: string
}

type Spans = readonly (readonly [string, string] | readonly string[])[]

export interface Trace {
  assignment: Share
  computed_finish: string
  why: Readonly<Record<string, readonly { date: string; counted: boolean; because: string }[]>>
  /** What the pack gives for each clock, in words, and which pack that is. */
  limits: Readonly<Record<string, string>>
  pack: string
  first_pack: string
  first_limit: string
  warning: string | null
  hours: { spans: Spans; seasons?: readonly { begins: string; ends: string; spans: Spans }[] }
  own_hours: boolean
  /** What moved the time to finish, or stopped it, after it was given. */
  steps: readonly { at: string; event: string; because: string; old: string; new: string }[]
}

/** 08:30–12:00 14:30–17:30, and of a season its days: 06-01–09-30 15:00–18:00 */
export function hoursText(hours: Trace['hours']): string {
  const seasons = (hours.seasons ?? []).map((one) => `${one.begins}–${one.ends} ${spansOf(one.spans)}`)
  return [spansOf(hours.spans), ...seasons].join(';')
}
const spansOf = (spans: Spans) => spans.map((span) => span.map((at) => at.slice(0, 5)).join('–')).join(' ')

/** The clocks that run, or have run, for one share. */
export interface ShareClock {
  clock: 'sign' | 'contact' | 'finish'
  due: string
  from: string
  ended: string | null
}

export function clocksOf(share: Share): ShareClock[] {
  const from = share.dispatched_at
  const clocks: (ShareClock | null)[] = [
    share.sign_due ? { clock: 'sign', due: share.sign_due, from, ended: share.signed_at ?? null } : null,
    share.contact_due ? { clock: 'contact', due: share.contact_due, from, ended: share.contacted_at ?? null } : null,
    { clock: 'finish', due: share.finish_due, from, ended: share.finished_at ?? null },
  ]
  return clocks.filter((one) => one !== null)
}

const OVER = ['returned', 'recalled']

/** The share whose clocks the page shows: the lead that is, or was last. */
export function leadOf(shares: readonly Share[]): Share | null {
  return shares.findLast((share) => share.part === 'lead' && !OVER.includes(share.stage)) ?? null
}

/** Days in a row of one kind are one line: 11-23 至 11-25 计 3 天. */
export function runs(days: readonly { date: string; counted: boolean; because: string }[]) {
  const found: { from: string; to: string; days: number; counted: boolean; because: string }[] = []
  for (const { date, counted, because } of days) {
    const last = found.at(-1)
    if (last && last.counted === counted && last.because === because) {
      last.to = date
      last.days += 1
    } else found.push({ from: date, to: date, days: 1, counted, because })
  }
  return found
}

/** What a citizen said of an answer on their page. */
export interface Rated {
  solved: string
  rating: number
  reasons: readonly string[]
  comment: string
}
