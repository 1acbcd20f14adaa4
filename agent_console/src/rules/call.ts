/** A call and a telephone, as the server's lists and its live feed show them (`hotline/intake/channels/phone/view.py`). */

export type CallState = 'offered' | 'queued' | 'ringing' | 'talking' | 'held' | 'closing' | 'ended'
export type SeatState = 'signed_out' | 'ready' | 'not_ready' | 'ringing' | 'talking' | 'wrap_up' | 'offline'

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
  /** People whose telephones ring for it now. */
  rings: number[]
  /** It rings here and has only just begun to: open the sheet; close it when one is no longer in `rings`. */
  pop: boolean
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
