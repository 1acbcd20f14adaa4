/** One connection to the feed: listens, comes back after a break with what it last had, and asks while it cannot listen.
 * It knows no store and no framework; clock, socket and request are handed in, so that tests play all of them. */

import { asEvents } from './apply'
import { read, type LiveEvent, type Mode, type Page, type Person, type Says } from './events'

export type Link =
  | { state: 'connecting' }
  /** Events come as they happen. */
  | { state: 'live' }
  /** Asked every few seconds. `bus`: the server's own bus is down; `socket`: this page has no socket. */
  | { state: 'asking'; because: 'bus' | 'socket' }
  | { state: 'down'; since: number }
  | { state: 'signed_out' }

export interface Wire {
  send(text: string): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((end: { code: number }) => void) | null
}

export interface World {
  open(since: number | null): Wire
  ask(since: number | null): Promise<Page>
  now(): number
  later(run: () => void, ms: number): () => void
  chance(): number
}

export interface Heard {
  events(events: LiveEvent[]): void
  link(link: Link): void
}

export const ASK_EVERY = 5_000
/** Three beats of the server. */
export const SILENCE = 45_000
export const FIRST_WAIT = 500
export const LONGEST_WAIT = 15_000
const SIGNED_OUT = 4401

/** The wait before another try: twice as long each time, and never the same for a hall of screens at once. */
export function waitBefore(tries: number, chance: number): number {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, tries - 1))
  return Math.round(wait * (0.5 + chance / 2))
}

export class LiveLink {
  private wire: Wire | null = null
  private number: number | null = null
  private mode: Mode = 'polling'
  private opened = false
  private ended = false
  private tries = 0
  private lost: number | null = null
  private asking = false
  /** The place in the feed is lost: the lists have to be read again, wherever it goes on. */
  private astray = false
  private timers = new Map<'retry' | 'ask' | 'silence', () => void>()
  private present: ReadonlyMap<number, Person[]> = new Map()
  /** What this page is at; said again after each new connection. */
  private at = new Map<number, 'look' | 'edit'>()
  private said: Link = { state: 'connecting' }

  constructor(
    private readonly world: World,
    private readonly heard: Heard,
  ) {}

  start(): void {
    this.ended = false
    this.connect()
  }

  stop(): void {
    this.ended = true
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    this.drop()
  }

  /** The network is back, or somebody looks again: no reason to wait any longer. */
  hurry(): void {
    if (this.ended || this.opened) return
    this.tries = 0
    this.connect()
  }

  look(id: number, doing: 'look' | 'edit'): void {
    this.at.set(id, doing)
    this.say(doing === 'look' ? { look: id } : { edit: id })
  }

  leave(id: number): void {
    this.at.delete(id)
    this.say({ leave: id })
  }

  private say(what: Says): void {
    if (this.opened) this.wire?.send(JSON.stringify(what))
  }

  private connect(): void {
    this.cancel('retry')
    this.drop()
    const wire = this.world.open(this.number)
    this.wire = wire
    wire.onopen = () => this.listen()
    wire.onmessage = (message) => this.take(wire, String(message.data))
    wire.onclose = (end) => this.closed(wire, end.code)
    this.watchSilence()
  }

  private listen(): void {
    this.opened = true
    for (const [id, doing] of this.at) this.say(doing === 'look' ? { look: id } : { edit: id })
  }

  private take(wire: Wire, text: string): void {
    if (wire !== this.wire) return
    this.watchSilence()
    let event: LiveEvent
    try {
      event = read(text)
    } catch {
      // An older console than server: begin anew with the lists rather than guess.
      this.wander()
      wire.close()
      return
    }
    if (event.type === 'hello') {
      this.tries = 0
      this.lost = null
      this.cancel('ask')
    }
    this.note(event)
    this.heard.events(event.type === 'hello' && this.astray ? [event, this.found(event.number)] : [event])
    this.tell()
  }

  private wander(): void {
    this.astray = this.number !== null
    this.number = null
  }

  private found(number: number): LiveEvent {
    this.astray = false
    return { type: 'snapshot_needed', number }
  }

  private note(event: LiveEvent): void {
    if (event.type === 'hello') this.number ??= event.number
    if (event.type === 'snapshot_needed') this.number = event.number
    if (event.type === 'beat' || event.type === 'ticket.moved') this.number = Math.max(this.number ?? 0, event.number)
    if (event.type === 'hello' || event.type === 'mode') this.mode = event.mode
    if (event.type === 'ticket.presence') {
      this.present = new Map([...this.present, [event.ticket_id, event.people] as const].filter(([, of]) => of.length))
    }
  }

  private closed(wire: Wire, code: number): void {
    if (wire !== this.wire || this.ended) return
    this.wire = null
    this.opened = false
    this.cancel('silence')
    if (code === SIGNED_OUT) return this.signOut()
    if (code === 1008) this.wander()
    this.tries += 1
    this.cancel('retry')
    this.timers.set(
      'retry',
      this.world.later(() => this.connect(), waitBefore(this.tries, this.world.chance())),
    )
    // A connection that comes back at once is no reason to say anything.
    if (!this.timers.has('ask')) this.askIn(this.tries > 1 || this.number === null ? 0 : FIRST_WAIT * 2)
  }

  private askIn(ms: number): void {
    this.cancel('ask')
    this.timers.set(
      'ask',
      this.world.later(() => void this.ask(), ms),
    )
  }

  private async ask(): Promise<void> {
    if (this.asking || this.opened || this.ended) return
    this.asking = true
    let again = ASK_EVERY
    try {
      const page = await this.world.ask(this.number)
      if (this.opened || this.ended) return
      const events = asEvents(page, this.present)
      if (this.number === null) events.unshift(this.found(page.number))
      events.forEach((event) => this.note(event))
      this.lost = null
      this.heard.events(events)
      if (page.more) again = 0
      // The server is there: no need to wait out what was meant for one that is not.
      this.tries = 0
      if (this.wire === null) this.connect()
    } catch (wrong) {
      if (isSignedOut(wrong)) return this.signOut()
      this.lost ??= this.world.now()
    } finally {
      this.asking = false
    }
    if (this.ended || this.opened) return
    this.tell()
    this.askIn(again)
  }

  private watchSilence(): void {
    this.cancel('silence')
    this.timers.set(
      'silence',
      this.world.later(() => {
        const silent = this.wire
        if (silent === null) return
        silent.close()
        // A dead line may never tell that it is closed.
        this.closed(silent, 1006)
      }, SILENCE),
    )
  }

  private tell(): void {
    const link = this.link()
    if (JSON.stringify(link) === JSON.stringify(this.said)) return
    this.said = link
    this.heard.link(link)
  }

  private link(): Link {
    if (this.opened) return this.mode === 'live' ? { state: 'live' } : { state: 'asking', because: 'bus' }
    return this.lost === null ? { state: 'asking', because: 'socket' } : { state: 'down', since: this.lost }
  }

  private signOut(): void {
    this.stop()
    this.said = { state: 'signed_out' }
    this.heard.link(this.said)
  }

  private drop(): void {
    const wire = this.wire
    this.wire = null
    this.opened = false
    if (wire === null) return
    wire.onopen = wire.onmessage = wire.onclose = null
    wire.close()
  }

  private cancel(name: 'retry' | 'ask' | 'silence'): void {
    this.timers.get(name)?.()
    this.timers.delete(name)
  }
}

function isSignedOut(wrong: unknown): boolean {
  return typeof wrong === 'object' && wrong !== null && 'status' in wrong && wrong.status === 401
}
