/** A call and a telephone, as the server's lists and its live feed show them (`hotline/intake/channels/phone/view.py`). */

export type CallState = 'offered' | 'queued' | 'ringing' | 'talking' | 'held' | 'closing' | 'ended'
export type SeatState = 'signed_out' | 'ready' | 'not_ready' | 'ringing' | 'talking' | 'wrap_up' | 'offline'

export interface Party {
  person_id: number | null
  /** A colleague's name, else the number called; empty for a number that is a person's own. */
  name: string
  /** Else their telephone still rings. */
  talks: boolean
  since: string | null
}

export interface Call {
  id: string
  /** Grows with each change: of two rows of one call the higher is the newer. */
  number: number
  direction: string
  state: CallState
  outcome: string | null
  outcome_name: string
  /** Masked, except for who talks with them; empty when withheld. */
  citizen: string
  line: string
  queue: string
  agent: string
  person_id: number | null
  person: string | null
  offered_at: string
  queued_at: string | null
  answered_at: string | null
  agent_left_at: string | null
  ended_at: string | null
  ended_by: string
  estimated: boolean
  wait_ms: number | null
  talk_ms: number | null
  hold_ms: number
  score: number | null
  recording_ready: boolean
  tickets: number[]
  /** Who is on it besides the citizen, or is being called in. */
  parties: Party[]
  /** 三方通话: all of them hear each other. */
  three: boolean
  /** People whose telephones ring for it now. */
  rings: number[]
  /** It rings here and has only just begun to: open the sheet; close it when one is no longer in `rings`. */
  pop: boolean
  /** 骚扰来电处置 of the number when it called; empty: none. */
  step?: string
}

export interface Seat {
  provider: string
  agent: string
  extension: string
  state: SeatState
  reason: string
  since: string
  person_id: number | null
  person: string | null
  wrap_until: string | null
  number: number
  /** The call on which the receiver is muted. */
  muted: string
}

export interface Link {
  provider: string
  up: boolean
  since: string
  problem: string
}

export function seatKey(seat: Seat): string {
  return `${seat.provider}|${seat.agent}`
}

/** A newer row replaces an older one; a call that is over goes. */
export function withCall(known: ReadonlyMap<string, Call>, call: Call): ReadonlyMap<string, Call> {
  const before = known.get(call.id)
  if (before && before.number > call.number) return known
  const next = new Map(known)
  if (call.ended_at === null) next.set(call.id, call)
  else next.delete(call.id)
  return next
}

const talksOn = (call: Call, me: number) => call.parties.some((one) => one.person_id === me && one.talks)

/** What rings at my telephone and is not my own calling. `heard`: the exchange is heard now, so an older ring is true. */
export function ringing(calls: Iterable<Call>, me: number, heard: boolean): Call | null {
  for (const call of calls) {
    const asked = call.direction === 'out' && call.person_id === me
    if (call.rings.includes(me) && !talksOn(call, me) && !asked && (call.pop || heard)) return call
  }
  return null
}

/** The call that I have: I talk on it, or I have asked for it and it is being made. */
export function current(calls: Iterable<Call>, me: number): Call | null {
  for (const call of calls) {
    if (talksOn(call, me) || (call.direction === 'out' && call.person_id === me && call.ended_at === null)) return call
  }
  return null
}

export type Stage = 'dialling' | 'talking' | 'held' | 'asking' | 'asked' | 'three'
/** How far my call is. `asking`: the third one's telephone rings; `asked`: I speak with them while the citizen waits. */
export function stageOf(call: Call, me: number): Stage {
  if (call.three) return 'three'
  const others = call.parties.filter((one) => one.person_id !== me)
  if (others.some((one) => one.talks)) return 'asked'
  if (others.length) return 'asking'
  if (call.direction === 'out' && call.answered_at === null) return 'dialling'
  return call.state === 'held' ? 'held' : 'talking'
}

/** Since when I have talked; for who was called in, since they answered. */
export function talkSince(call: Call, me: number): string {
  return call.parties.find((one) => one.person_id === me && one.since)?.since ?? call.answered_at ?? call.offered_at
}

/** What a person has to hand over: whoever else is on the call, as a name. */
export function otherOf(call: Call, me: number): string {
  return call.parties.find((one) => one.person_id !== me)?.name ?? ''
}

/** The open calls after reading them anew: what was heard while one asked stays, and of two rows the newer. */
export function readAnew(
  before: ReadonlyMap<string, Call>,
  now: ReadonlyMap<string, Call>,
  items: readonly Call[],
): ReadonlyMap<string, Call> {
  const heard = [...now.values()].filter((call) => !before.has(call.id))
  const ended = (call: Call) => before.has(call.id) && !now.has(call.id)
  const newer = (call: Call) => ((now.get(call.id)?.number ?? 0) > call.number ? now.get(call.id)! : call)
  return new Map([...items.filter((call) => !ended(call)).map(newer), ...heard].map((call) => [call.id, call]))
}
