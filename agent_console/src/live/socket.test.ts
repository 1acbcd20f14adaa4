import { beforeEach, describe, expect, it } from 'vitest'
import type { LiveEvent, Page } from './events'
import { ASK_EVERY, LiveLink, LONGEST_WAIT, SILENCE, waitBefore, type Link, type Wire, type World } from './socket'

class FakeWire implements Wire {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: ((end: { code: number }) => void) | null = null
  sent: string[] = []
  closed = false
  constructor(readonly since: number | null) {}
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
  says(...events: object[]) {
    for (const event of events) this.onmessage?.({ data: JSON.stringify(event) })
  }
  opens() {
    this.onopen?.()
  }
  ends(code = 1006) {
    this.onclose?.({ code })
  }
}

class Stage implements World {
  wires: FakeWire[] = []
  clock = 0
  waiting: { at: number; run: () => void }[] = []
  answers: (Page | Error | { status: number })[] = []
  asked: (number | null)[] = []
  open(since: number | null) {
    const wire = new FakeWire(since)
    this.wires.push(wire)
    return wire
  }
  ask(since: number | null): Promise<Page> {
    this.asked.push(since)
    const answer = this.answers.shift() ?? new Error('down')
    return 'number' in answer ? Promise.resolve(answer) : Promise.reject(answer as Error)
  }
  now() {
    return this.clock
  }
  later(run: () => void, ms: number) {
    const one = { at: this.clock + ms, run }
    this.waiting.push(one)
    return () => (this.waiting = this.waiting.filter((other) => other !== one))
  }
  chance() {
    return 1
  }
  async pass(ms: number) {
    const end = this.clock + ms
    for (;;) {
      const next = this.waiting.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clock = next.at
      this.waiting = this.waiting.filter((one) => one !== next)
      next.run()
      for (let i = 0; i < 10; i++) await Promise.resolve()
    }
    this.clock = end
  }
  get wire() {
    return this.wires.at(-1)!
  }
}

const page = (number: number, more: Partial<Page> = {}): Page => ({
  number,
  more: false,
  snapshot_needed: false,
  events: [],
  presence: [],
  ...more,
})

let stage: Stage
let events: LiveEvent[]
let links: Link[]
let link: LiveLink

beforeEach(() => {
  stage = new Stage()
  events = []
  links = []
  link = new LiveLink(stage, { events: (now) => events.push(...now), link: (now) => links.push(now) })
  link.start()
})

function greet(number = 40, mode = 'live') {
  stage.wire.opens()
  stage.wire.says({ type: 'hello', number, mode }, { type: 'beat', number })
}

describe('the link', () => {
  it('is live after hello', () => {
    greet()
    expect(links).toEqual([{ state: 'live' }])
    expect(stage.wire.since).toBeNull()
  })

  it('says so when only the server’s bus is down', () => {
    greet(40, 'polling')
    expect(links.at(-1)).toEqual({ state: 'asking', because: 'bus' })
    stage.wire.says({ type: 'mode', mode: 'live' })
    expect(links.at(-1)).toEqual({ state: 'live' })
  })

  it('comes back with what it last had, and nobody notices a short break', async () => {
    greet()
    stage.wire.says({ type: 'beat', number: 57 })
    stage.wire.ends()
    await stage.pass(600)
    expect(stage.wire.since).toBe(57)
    stage.wire.opens()
    // A hello further on must not hide what lies between.
    stage.wire.says({ type: 'hello', number: 90, mode: 'live' })
    stage.wire.ends()
    await stage.pass(600)
    expect(stage.wire.since).toBe(57)
    expect(links).toEqual([{ state: 'live' }])
    expect(stage.asked).toEqual([])
  })

  it('asks while it cannot listen, from where it stood, and takes the answer as events', async () => {
    greet()
    stage.wire.ends()
    stage.answers = [page(44), page(45, { snapshot_needed: true })]
    await stage.pass(1100)
    expect(stage.asked).toEqual([40])
    expect(links.at(-1)).toEqual({ state: 'asking', because: 'socket' })
    await stage.pass(ASK_EVERY)
    expect(stage.asked).toEqual([40, 44])
    expect(events.some((event) => event.type === 'snapshot_needed')).toBe(true)
  })

  it('tries the socket at once when asking has found the server again', async () => {
    greet()
    stage.wire.ends()
    for (let i = 0; i < 6; i++) {
      await stage.pass(8000)
      stage.wire.ends()
    }
    expect(links.at(-1)?.state).toBe('down')
    const before = stage.wires.length
    stage.answers = [page(44)]
    await stage.pass(ASK_EVERY)
    expect(links.at(-1)).toEqual({ state: 'asking', because: 'socket' })
    expect(stage.wires.length).toBe(before + 1)
  })

  it('asks again at once when there was more', async () => {
    greet()
    stage.wire.ends()
    stage.answers = [page(44, { more: true }), page(48)]
    await stage.pass(1100)
    expect(stage.asked).toEqual([40, 44])
  })

  it('says since when it has no link at all, and recovers', async () => {
    greet()
    stage.wire.ends()
    await stage.pass(1000)
    expect(links.at(-1)).toEqual({ state: 'down', since: 1000 })
    await stage.pass(60_000)
    expect(links.at(-1)).toEqual({ state: 'down', since: 1000 })
    greet(50)
    expect(links.at(-1)).toEqual({ state: 'live' })
    const asked = stage.asked.length
    await stage.pass(20_000)
    expect(stage.asked.length).toBe(asked)
  })

  it('ends when nobody is signed in any more, by socket and by asking', async () => {
    greet()
    stage.wire.ends(4401)
    expect(links.at(-1)).toEqual({ state: 'signed_out' })
    await stage.pass(60_000)
    expect(stage.wires.length).toBe(1)

    link.start()
    stage.wire.ends()
    stage.answers = [{ status: 401 }]
    await stage.pass(60_000)
    expect(links.at(-1)).toEqual({ state: 'signed_out' })
  })

  it('reads the lists again when its place is lost', async () => {
    greet()
    stage.wire.ends(1008)
    await stage.pass(400)
    stage.wires.at(-1)
    await stage.pass(200)
    expect(stage.wire.since).toBeNull()
    stage.wire.opens()
    stage.wire.says({ type: 'hello', number: 99, mode: 'live' })
    expect(events.at(-1)).toEqual({ type: 'snapshot_needed', number: 99 })
  })

  it('begins anew when the server speaks of what it does not know', () => {
    greet()
    const wire = stage.wire
    wire.says({ type: 'ticket.vanished', number: 41 })
    expect(wire.closed).toBe(true)
  })

  it('takes a line that says nothing for dead', async () => {
    greet()
    const wire = stage.wire
    await stage.pass(SILENCE - 1)
    expect(wire.closed).toBe(false)
    await stage.pass(1000)
    expect(wire.closed).toBe(true)
    expect(stage.wires.length).toBe(2)
  })

  it('says where it is, again after each new connection', async () => {
    greet()
    link.look(7, 'look')
    link.look(7, 'edit')
    link.look(8, 'look')
    link.leave(8)
    expect(stage.wire.sent).toEqual(['{"look":7}', '{"edit":7}', '{"look":8}', '{"leave":8}'])
    stage.wire.ends()
    await stage.pass(600)
    stage.wire.opens()
    expect(stage.wire.sent).toEqual(['{"edit":7}'])
  })

  it('hurries when the network is back', async () => {
    greet()
    stage.wire.ends()
    const before = stage.wires.length
    link.hurry()
    expect(stage.wires.length).toBe(before + 1)
    greet()
    link.hurry()
    expect(stage.wires.length).toBe(before + 1)
  })

  it('is silent once stopped', async () => {
    greet()
    link.stop()
    await stage.pass(120_000)
    expect(stage.wires.length).toBe(1)
    expect(stage.wire.closed).toBe(true)
  })
})

describe('the wait before another try', () => {
  it('grows, is bounded and never the same for all', () => {
    expect([1, 2, 3, 4].map((tries) => waitBefore(tries, 1))).toEqual([500, 1000, 2000, 4000])
    expect(waitBefore(30, 1)).toBe(LONGEST_WAIT)
    expect(waitBefore(3, 0)).toBe(1000)
  })
})
