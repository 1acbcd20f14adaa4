import { describe, expect, it } from 'vitest'
import { byClock, count, mayHold, query, readable, same, tidy } from './filters'

describe('the filters of the pool', () => {
  it('say only what is set', () => {
    expect(tidy({ kind: '', due: 'late' })).toEqual({ due: 'late' })
    expect(query('returns', { kind: 'report', due: '' }, { limit: 50 })).toEqual({
      tab: 'returns',
      kind: 'report',
      limit: 50,
    })
    expect(count({ kind: 'report', due: '' })).toBe(1)
  })
  it('are the same in whatever order they were chosen', () => {
    expect(same({ kind: 'report', due: 'late' }, { due: 'late', kind: 'report', district: '' })).toBe(true)
    expect(same({ kind: 'report' }, {})).toBe(false)
  })
  it('are read back as far as they are known', () => {
    expect(readable({ kind: 'report', colour: 'red', due: 7 })).toEqual({ kind: 'report' })
    expect([readable(null), readable('x'), readable([])]).toEqual([{}, {}, {}])
  })
  it('know which states a tab can hold', () => {
    expect(mayHold('to_dispatch', 'registered')).toBe(true)
    expect(mayHold('to_dispatch', 'dispatched')).toBe(false)
    expect(mayHold('mine', 'return_review')).toBe(true)
  })
})

it('puts the nearest clock first and what has none last', () => {
  const rows = [
    { id: 3, due: null },
    { id: 2, due: '2026-11-23T10:00:00+08:00' },
    { id: 1, due: '2026-11-23T02:00:00Z' },
    { id: 4, due: '2026-11-23T01:00:00Z' },
  ]
  expect(rows.sort(byClock).map((row) => row.id)).toEqual([4, 1, 2, 3])
})
