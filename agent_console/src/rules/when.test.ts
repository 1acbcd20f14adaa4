import { describe, expect, it } from 'vitest'
import { fromBeijing, full, minute, said } from './when'

const NOW = Date.parse('2026-11-23T10:00:00+08:00')

describe('moments as people say them', () => {
  it.each([
    ['2026-11-23T09:59:30+08:00', { as: 'now' }],
    ['2026-11-23T09:40:00+08:00', { as: 'minutes', n: 20 }],
    ['2026-11-23T01:10:00+08:00', { as: 'today', time: '01:10' }],
    ['2026-11-22T23:59:00+08:00', { as: 'yesterday', time: '23:59' }],
    ['2026-11-24T09:00:00+08:00', { as: 'tomorrow', time: '09:00' }],
    ['2026-11-20T16:20:00+08:00', { as: 'date', date: '11-20', time: '16:20' }],
    ['2025-12-31T16:20:00+08:00', { as: 'date', date: '2025-12-31', time: '16:20' }],
    // 17:30 of the day before in London is 01:30 in Beijing.
    ['2026-11-22T17:30:00Z', { as: 'today', time: '01:30' }],
  ])('%s', (moment, expected) => expect(said(moment, NOW)).toEqual(expected))

  it('tells the whole moment in Beijing’s time', () => {
    expect(full('2026-11-22T08:20:05Z')).toBe('2026-11-22 16:20:05')
    expect(minute('2026-11-22T16:00:00Z')).toBe('2026-11-23 00:00')
    expect(full(null)).toBe('')
  })

  it('gives the server a zone', () => {
    expect(fromBeijing('2026-11-23 17:30')).toBe('2026-11-23T17:30:00+08:00')
    expect(fromBeijing('2026-11-23 17:30:10')).toBe('2026-11-23T17:30:10+08:00')
  })
})
