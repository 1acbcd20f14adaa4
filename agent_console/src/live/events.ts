/** The server's live messages: a closed union (`hotline/live/feed.py`). What is not in it is a fault, never silence. */

import type { Call, Seat, Link } from '../rules/call'
import type { Row } from '../rules/row'

export type { Call, Link, Row, Seat }

/** How the server itself learns of news. `polling`: its message bus is down, news of other processes come later. */
export type Mode = 'live' | 'polling'
export type Doing = 'look' | 'edit'

export interface Person {
  name: string
  role: string
  doing: Doing
  since: string
}

/** First message: where the feed stands. A list read after it holds at least that much. */
export interface Hello {
  type: 'hello'
  number: number
  mode: Mode
}

/** One history line, and the ticket as it is now, which may be further than the line's own `version`. */
export interface Moved {
  type: 'ticket.moved'
  number: number
  at: string
  event: string
  actor: string
  version: number
  ticket: Row
}

/** Everybody else at a ticket; an empty list ends it. */
export interface Presence {
  type: 'ticket.presence'
  ticket_id: number
  people: Person[]
}

export interface Beat {
  type: 'beat'
  number: number
}

export interface ModeChanged {
  type: 'mode'
  mode: Mode
}

/** Too far behind for a replay: the lists have to be read again. */
export interface SnapshotNeeded {
  type: 'snapshot_needed'
  number: number
}

/** What this page said about a ticket was not accepted. */
export interface Refused {
  type: 'refused'
  ticket_id: number
  message: string
}

/** A call as it is now: one's own, one that rings here, and for who leads the shift all. */
export interface CallChanged {
  type: 'call.changed'
  call: Call
}

/** A telephone as it is now. */
export interface SeatChanged {
  type: 'seat.changed'
  seat: Seat
}

/** Whether the telephone system is heard; while it is not, tickets are logged by hand. */
export interface LinkChanged {
  type: 'phone.link'
  link: Link
}

export type PhoneEvent = CallChanged | SeatChanged | LinkChanged

export type LiveEvent = Hello | Moved | Presence | Beat | ModeChanged | SnapshotNeeded | Refused | PhoneEvent

/** What a client gets that asks instead of listening. */
export interface Page {
  number: number
  more: boolean
  snapshot_needed: boolean
  events: Moved[]
  presence: Presence[]
}

/** The three things a page may say. */
export type Says = { look: number } | { edit: number } | { leave: number }

type Fields<E> = E extends LiveEvent ? { [T in E['type']]: (keyof E)[] } : never

const FIELDS = {
  hello: ['type', 'number', 'mode'],
  'ticket.moved': ['type', 'number', 'at', 'event', 'actor', 'version', 'ticket'],
  'ticket.presence': ['type', 'ticket_id', 'people'],
  beat: ['type', 'number'],
  mode: ['type', 'mode'],
  snapshot_needed: ['type', 'number'],
  refused: ['type', 'ticket_id', 'message'],
  'call.changed': ['type', 'call'],
  'seat.changed': ['type', 'seat'],
  'phone.link': ['type', 'link'],
} satisfies Record<LiveEvent['type'], string[]> & Partial<Fields<LiveEvent>>

export const KINDS = Object.keys(FIELDS) as LiveEvent['type'][]

/** The server says something this console does not know: it is older than the server and has to be loaded again. */
export class UnknownEvent extends Error {}

export function understood(said: unknown): LiveEvent {
  const kind = isObject(said) ? said.type : undefined
  if (!isObject(said) || typeof kind !== 'string' || !(kind in FIELDS)) {
    throw new UnknownEvent(`unknown event ${String(kind)}`)
  }
  const known: string[] = FIELDS[kind as LiveEvent['type']]
  const strange = Object.keys(said).filter((name) => !known.includes(name))
  const missing = known.filter((name) => !(name in said))
  if (strange.length || missing.length) {
    throw new UnknownEvent(`${kind}: unknown ${strange.join()} missing ${missing.join()}`)
  }
  if ('mode' in said && said.mode !== 'live' && said.mode !== 'polling') {
    throw new UnknownEvent(`${kind}: mode ${String(said.mode)}`)
  }
  return said as unknown as LiveEvent
}

export function read(text: string): LiveEvent {
  return understood(JSON.parse(text))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
