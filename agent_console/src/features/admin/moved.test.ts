import { describe, expect, it } from 'vitest'
import { sums, type MovedClock } from './moved'

const clock = (name: string, unit_id: number | null, from: string, to: string): MovedClock => ({
  clock: name,
  unit_id,
  old: `2026-11-${from}:00+08:00`,
  new: `2026-11-${to}:00+08:00`,
})
const ITEMS = [
  clock('sign', 3, '24T17:30', '24T19:00'),
  clock('finish', 3, '24T23:59', '26T23:59'),
  clock('finish', 4, '25T23:59', '26T23:59'),
  clock('finish', 3, '27T23:59', '25T23:59'),
  clock('dispatch', null, '24T10:00', '24T11:00'),
]

describe('what a change would move', () => {
  it('is summed by kind of clock, the most moved first, each way with the one that moves furthest', () => {
    const found = sums(ITEMS, (one) => one.clock)
    expect(found.map((one) => [one.key, one.count, one.later, one.earlier])).toEqual([
      ['finish', 3, 2, 1],
      ['sign', 1, 1, 0],
      ['dispatch', 1, 1, 0],
    ])
    expect(found[0]?.most).toEqual([ITEMS[1], ITEMS[3]])
    expect(found[1]?.most).toEqual([ITEMS[0]])
  })

  it('is summed by unit, and the clocks of the centre by themselves', () => {
    const found = sums(ITEMS, (one) => one.unit_id ?? 0)
    expect(found.map((one) => [one.key, one.count])).toEqual([
      [3, 3],
      [4, 1],
      [0, 1],
    ])
  })

  it('of a whole city is summed too', () => {
    const city = Array.from({ length: 200_000 }, () => ITEMS[0]!)
    expect(sums(city, (one) => one.clock)[0]?.count).toBe(200_000)
    expect(sums([], (one) => one.clock)).toEqual([])
  })
})
