/** The telephones of the hall as a grid: who needs looking at first, and how long they have been so. Pure. */
import { seatKey, type Call, type Seat, type SeatState } from './call'

/** In the order of a leader's eye: what goes on, what waits, what is away. */
export const STATES: readonly SeatState[] = ['ringing', 'talking', 'wrap_up', 'ready', 'not_ready', 'offline']

/** Seconds after which a state deserves a look. */
const LONG: Partial<Record<SeatState, number>> = { ringing: 12, talking: 600, wrap_up: 120, not_ready: 900 }

export function withSeat(known: ReadonlyMap<string, Seat>, seat: Seat): ReadonlyMap<string, Seat> {
  const before = known.get(seatKey(seat))
  if (before && before.number > seat.number) return known
  return new Map(known).set(seatKey(seat), seat)
}

/** Those that somebody sits at, or that are in the queue by themselves; in states, and the longest first. */
export function hall(seats: Iterable<Seat>): Seat[] {
  return [...seats]
    .filter((seat) => seat.state !== 'signed_out')
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || a.since.localeCompare(b.since))
}

export function counted(seats: readonly Seat[]): Map<SeatState, number> {
  const found = new Map<SeatState, number>(STATES.map((state) => [state, 0]))
  for (const seat of seats) found.set(seat.state, (found.get(seat.state) ?? 0) + 1)
  return found
}

export const lasts = (since: string, now: number) => Math.max(0, Math.floor((now - Date.parse(since)) / 1000))

/** 02:14, and beyond an hour 1:02:14. */
export function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`
}

export function tooLong(seat: Seat, now: number): boolean {
  const most = LONG[seat.state]
  return most !== undefined && lasts(seat.since, now) > most
}

/** The call that goes on at a telephone. */
export function callAt(seat: Seat, calls: Iterable<Call>): Call | null {
  for (const call of calls) {
    const theirs = call.agent === seat.agent || call.parties.some((one) => one.person_id === seat.person_id)
    if (theirs && (call.state === 'talking' || call.state === 'held')) return call
  }
  return null
}
