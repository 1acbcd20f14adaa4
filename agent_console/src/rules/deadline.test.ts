import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, reading, short, span } from './deadline'

const NOW = Date.parse('2026-11-23T10:00:00+08:00')
const at = (days: number) => new Date(NOW + days * DAY).toISOString()

describe('how a clock stands', () => {
  it.each([
    ['no clock', { due: null }, 'none'],
    ['days left', { due: at(3) }, 'ample'],
    ['within a day', { due: at(0.9) }, 'near'],
    ['a two-hour clock just begun is not near', { due: at(2 / 24), from: at(0) }, 'ample'],
    ['its last fifth is', { due: at(0.02), from: at(-0.4) }, 'near'],
    ['due this very moment', { due: at(0) }, 'near'],
    ['late', { due: at(-0.001) }, 'late'],
    ['late by less than a working week', { due: at(-6.9) }, 'late'],
    ['very late', { due: at(-7.1) }, 'very_late'],
    ['met', { due: at(-2), ended: at(-2.5) }, 'met'],
    ['met at the last moment', { due: at(-2), ended: at(-2) }, 'met'],
    ['done late', { due: at(-2), ended: at(-1) }, 'late'],
    ['shelved', { due: at(-2), paused: true }, 'paused'],
  ] as const)('%s', (_, clock, expected) => expect(reading(clock, NOW).standing).toBe(expected))

  it('shows how much is used, never more than all of it', () => {
    expect(reading({ due: at(1), from: at(-3) }, NOW).used).toBeCloseTo(0.75)
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 100 }), (due, from) => {
        const { used } = reading({ due: at(due), from: at(from) }, NOW)
        return used >= 0 && used <= 1
      }),
    )
  })
})

describe('spans', () => {
  it.each([
    [0, { days: 0, hours: 0, minutes: 1 }],
    [3 * 3_600_000 + 20 * 60_000, { days: 0, hours: 3, minutes: 20 }],
    [DAY + 2 * 3_600_000 + 5 * 60_000, { days: 1, hours: 2, minutes: 0 }],
    [-DAY, { days: 1, hours: 0, minutes: 0 }],
  ])('%d', (ms, expected) => expect(span(ms)).toEqual(expected))

  it('is short where there is no room', () => {
    expect(short(21 * 60_000)).toEqual({ clock: '0:21' })
    expect(short(26 * 3_600_000)).toEqual({ clock: '26:00' })
    expect(short(-3 * DAY)).toEqual({ days: 3 })
  })
})
