import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anew, empty, withRow, type List } from '@/rules/list'
import type { Row } from '@/rules/row'
import { apply, asEvents, EMPTY, refreshed, type Board } from './apply'
import {
  KINDS,
  read,
  understood,
  UnknownEvent,
  type Call,
  type Link,
  type LiveEvent,
  type Moved,
  type Person,
  type Seat,
} from './events'

/** The same recorded cases that hold `hotline/live/feed.py`. */
const FOLDER = fileURLToPath(new URL('../../../tests/fixtures/live/', import.meta.url))

interface Written {
  number: number | null
  mode: 'live' | 'polling'
  stale: boolean
  tickets: Record<string, Row>
  presence: Record<string, Person[]>
  calls?: Record<string, Call>
  seats?: Record<string, Seat>
  links?: Record<string, Link>
}
interface Case {
  about: string
  before: Written
  events: unknown[]
  after: Written
}

const byId = <T>(given: Record<string, T>) => new Map(Object.entries(given).map(([id, of]) => [Number(id), of]))
const byName = <T>(given: Record<string, T> = {}) => new Map(Object.entries(given))
const board = (w: Written): Board => ({
  ...w,
  tickets: byId(w.tickets),
  presence: byId(w.presence),
  calls: byName(w.calls),
  seats: byName(w.seats),
  links: byName(w.links),
})
const cases = readdirSync(FOLDER).map((name): Case => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as Case)
const recorded = cases.flatMap((one) => one.events.map(understood))

describe('recorded events', () => {
  it.each(cases.map((one) => [one.about, one] as const))('%s', (_, one) => {
    const after = one.events.map(understood).reduce(apply, board(one.before))
    expect(after).toEqual(board(one.after))
  })

  it('has a case for every kind of event', () => {
    expect(new Set(recorded.map((event) => event.type))).toEqual(new Set(KINDS))
  })
})

describe('the union is closed', () => {
  it.each([
    '{"type": "ticket.vanished", "number": 1}',
    '{"type": "beat", "number": 1, "phone": "13912345678"}',
    '{"type": "mode", "mode": "dreaming"}',
    '{"type": "hello", "number": 1}',
    '{"number": 1}',
    '"beat"',
    'null',
  ])('refuses %s', (text) => expect(() => read(text)).toThrow(UnknownEvent))
})

const ROW = recorded.find((event): event is Moved => event.type === 'ticket.moved')!.ticket

/** A life of a few tickets: each line of history raises the version of one of them. */
const lives = fc.array(
  fc.record({ id: fc.integer({ min: 1, max: 5 }), state: fc.constantFrom('registered', 'dispatched', 'closed') }),
  {
    minLength: 1,
    maxLength: 40,
  },
)

function history(steps: { id: number; state: string }[]): Moved[] {
  const versions = new Map<number, number>()
  return steps.map(({ id, state }, at) => {
    const version = (versions.get(id) ?? 0) + 1
    versions.set(id, version)
    const ticket = { ...ROW, id, state, version, title: `${id}/${version}` }
    return { type: 'ticket.moved', number: at + 1, at: ROW.created_at, event: 'x', actor: '王芳', version, ticket }
  })
}

/** What the server would answer now. */
function fresh(happened: readonly Moved[]): Row[] {
  return [...new Map(happened.map((event) => [event.ticket.id, event.ticket])).values()]
}

describe('old state + events = fresh state', () => {
  it('wherever the snapshot was read, with events twice and a list that overtakes them', () => {
    fc.assert(
      fc.property(lives, fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 8 }), (steps, a, b, again) => {
        const all = history(steps)
        const [snapshot, from] = [a % (all.length + 1), b % (all.length + 1)].sort((x, y) => y - x) as [number, number]
        // The list holds everything up to `snapshot`; the feed begins earlier, at `from`, and some events come twice.
        let state = refreshed(EMPTY, fresh(all.slice(0, snapshot)))
        const missed = all.slice(from)
        const twice = again.flatMap((at) => (missed.length ? [missed[at % missed.length]!] : []))
        for (const event of [...missed, ...twice]) state = apply(state, event)
        expect(state.tickets).toEqual(refreshed(EMPTY, fresh(all)).tickets)
      }),
    )
  })

  it('also for a list that shows only some of the tickets', () => {
    const belongs = (row: Row) => row.state === 'registered'
    fc.assert(
      fc.property(lives, fc.nat(), (steps, at) => {
        const all = history(steps)
        const snapshot = at % (all.length + 1)
        let list: List<Row> = anew(empty<Row>(), fresh(all.slice(0, snapshot)).filter(belongs), null)
        for (const event of all.slice(snapshot)) {
          list = withRow(list, event.ticket.id, belongs(event.ticket) ? event.ticket : null)
        }
        expect(list.rows).toEqual(
          new Map(
            fresh(all)
              .filter(belongs)
              .map((row) => [row.id, row]),
          ),
        )
      }),
    )
  })

  it('through asking as through the socket', () => {
    fc.assert(
      fc.property(lives, fc.nat(), (steps, at) => {
        const all = history(steps)
        const cut = at % all.length
        const heard = all.reduce<Board>(apply, EMPTY)
        const before = all.slice(0, cut).reduce<Board>(apply, EMPTY)
        const page = { number: all.length, more: false, snapshot_needed: false, events: all.slice(cut), presence: [] }
        expect(asEvents(page, before.presence).reduce(apply, before)).toEqual(heard)
      }),
    )
  })

  it('forgets who is gone when asking no longer names them', () => {
    const people: Person[] = [{ name: '王芳', role: 'dispatcher', doing: 'edit', since: ROW.created_at }]
    const here = apply(EMPTY, { type: 'ticket.presence', ticket_id: 7, people })
    const page = { number: 3, more: false, snapshot_needed: false, events: [], presence: [] }
    const events: LiveEvent[] = asEvents(page, here.presence)
    expect(events.reduce(apply, here).presence.size).toBe(0)
  })
})
