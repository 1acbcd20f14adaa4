/** What a screen makes of the events: old state + event = new state. The same rule as `apply` in `hotline/live/feed.py`;
 * both are held to `tests/fixtures/live/*.json`. Pure, and the same event twice changes nothing. */

import { seatKey, withCall, type Call, type Link, type Seat } from '../rules/call'
import { newest, type Row } from '../rules/row'
import type { LiveEvent, Mode, Page, Person } from './events'

export interface Board {
  number: number | null
  mode: Mode
  /** The lists have to be read again. */
  stale: boolean
  tickets: ReadonlyMap<number, Row>
  presence: ReadonlyMap<number, Person[]>
  /** Calls that are not over. */
  calls: ReadonlyMap<string, Call>
  seats: ReadonlyMap<string, Seat>
  links: ReadonlyMap<string, Link>
}

export const EMPTY: Board = {
  number: null,
  mode: 'polling',
  stale: false,
  tickets: new Map(),
  presence: new Map(),
  calls: new Map(),
  seats: new Map(),
  links: new Map(),
}

export function apply(board: Board, event: LiveEvent): Board {
  switch (event.type) {
    case 'hello':
      return { ...board, mode: event.mode, number: board.number ?? event.number }
    case 'ticket.moved':
      return { ...board, number: later(board, event.number), tickets: newest(board.tickets, [event.ticket]) }
    case 'ticket.presence':
      return { ...board, presence: withPeople(board.presence, event.ticket_id, event.people) }
    case 'beat':
      return { ...board, number: later(board, event.number) }
    case 'mode':
      return { ...board, mode: event.mode }
    case 'snapshot_needed':
      return { ...board, number: event.number, stale: true }
    case 'refused':
      return board
    case 'call.changed':
      return { ...board, calls: withCall(board.calls, event.call) }
    case 'seat.changed':
      return { ...board, seats: withSeat(board.seats, event.seat) }
    case 'phone.link':
      return { ...board, links: new Map(board.links).set(event.link.provider, event.link) }
  }
}

/** The screen after the lists have been read again; an event that came meanwhile may be newer than the list. */
export function refreshed(board: Board, rows: Iterable<Row>): Board {
  return { ...board, stale: false, tickets: newest(board.tickets, rows) }
}

/** An answer to asking, as the events a socket would have brought. Its presences are all there are. */
export function asEvents(page: Page, known: ReadonlyMap<number, Person[]>): LiveEvent[] {
  const here = new Set(page.presence.map((one) => one.ticket_id))
  const gone = [...known.keys()].filter((id) => !here.has(id))
  const left = gone.map((id): LiveEvent => ({ type: 'ticket.presence', ticket_id: id, people: [] }))
  const anew: LiveEvent[] = page.snapshot_needed ? [{ type: 'snapshot_needed', number: page.number }] : []
  return [...anew, ...page.events, ...page.presence, ...left, { type: 'beat', number: page.number }]
}

function later(board: Board, number: number): number {
  return Math.max(number, board.number ?? 0)
}

function withPeople(known: ReadonlyMap<number, Person[]>, id: number, people: Person[]): ReadonlyMap<number, Person[]> {
  const next = new Map(known)
  if (people.length) next.set(id, people)
  else next.delete(id)
  return next
}

function withSeat(known: ReadonlyMap<string, Seat>, seat: Seat): ReadonlyMap<string, Seat> {
  const before = known.get(seatKey(seat))
  return before && before.number > seat.number ? known : new Map(known).set(seatKey(seat), seat)
}
