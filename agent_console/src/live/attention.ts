/** Which events need a hand now, and when a person does not want to hear of them. Pure. */

import type { Moved } from './events'

export interface Me {
  name: string
  roles: readonly string[]
  /** Whoever is bound to a unit sees only its tickets: every dispatch they hear of is theirs. */
  unit: number | null
}

export interface Quiet {
  /** Desktop notifications. */
  desktop: boolean
  sound: boolean
  /** 免打扰 every day, `12:00` to `13:30`; also over midnight. */
  from: string
  to: string
  /** 免打扰 until this moment. */
  until: string | null
}

export const LOUD: Quiet = { desktop: true, sound: true, from: '', to: '', until: null }

const UNIT = ['unit_liaison', 'unit_reviewer', 'unit_leader', 'handler']
const TO_UNIT = [
  'dispatch',
  'rule',
  'approve_return',
  'assist',
  'send_back',
  'reopen',
  'refuse_reply',
  'urge',
  'supervise',
  'instruct',
]
const TO_DISPATCH = ['request_return', 'unmerge']
const TO_REVIEW = ['reply']
const TO_CHIEF = ['consult', 'escalate_return', 'request_shelving', 'request_extension', 'appeal', 'low_rating']

/** Whether this person should look up from what they are doing. Their own deeds never call them. */
export function needsHand(event: Moved, me: Me): boolean {
  if (event.actor === me.name) return false
  const has = (...roles: string[]) => roles.some((role) => me.roles.includes(role))
  if (has(...UNIT)) return TO_UNIT.includes(event.event) || isLate(event)
  if (event.event === 'register' && event.ticket.urgency === 'critical')
    return has('dispatcher', 'shift_leader', 'supervisor')
  if (TO_DISPATCH.includes(event.event)) return has('dispatcher')
  if (TO_REVIEW.includes(event.event)) return has('reviewer')
  if (TO_CHIEF.includes(event.event)) return has('supervisor')
  return isLate(event) && has('supervision')
}

function isLate(event: Moved): boolean {
  return event.event === 'mark_deadline' && (event.ticket.worst === 'late' || event.ticket.worst === 'very_late')
}

/** 免打扰: the shift's pause or the hours somebody has set. `clock` is the time of day in Beijing, 13:05. */
export function isQuiet(wish: Quiet, now: number, clock: string): boolean {
  if (wish.until !== null && now < Date.parse(wish.until)) return true
  const { from, to } = wish
  if (!from || !to || from === to) return false
  return from < to ? from <= clock && clock < to : clock >= from || clock < to
}
