import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { days, isWeek, monthNames, monthOf, monthsBack, shiftMonth, shiftWeek, weekOf } from './period'

const at = (text: string) => Date.parse(text)

describe('periods', () => {
  const now = at('2026-11-23T10:00:00+08:00')

  it('end today while they still run', () => {
    expect(days('month', now)).toEqual({ from: '2026-11-01', to: '2026-11-23' })
    expect(days('lastMonth', now)).toEqual({ from: '2026-10-01', to: '2026-10-31' })
    expect(days('week', now)).toEqual({ from: '2026-11-23', to: '2026-11-23' })
    expect(days('quarter', now)).toEqual({ from: '2026-10-01', to: '2026-11-23' })
    expect(days('year', now)).toEqual({ from: '2026-01-01', to: '2026-11-23' })
  })

  it('begin at midnight in Beijing, not in London', () => {
    expect(days('month', at('2026-11-30T16:30:00Z'))).toEqual({ from: '2026-12-01', to: '2026-12-01' })
    expect(monthOf(at('2026-12-31T16:00:00Z'))).toBe('2027-01')
  })

  it('count months back over the new year', () => {
    expect(monthsBack('2026-02-10', 6)).toEqual({ from: '2025-09-01', to: '2026-02-10' })
    expect(shiftMonth('2026-01', -1)).toBe('2025-12')
    expect(monthNames('2025-11-01', '2026-02-10')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
  })
})

describe('weeks', () => {
  it('are those of ISO 8601', () => {
    expect(weekOf(at('2026-11-22T23:00:00+08:00'))).toBe('2026-W47')
    expect(weekOf(at('2026-11-23T00:00:00+08:00'))).toBe('2026-W48')
    expect(weekOf(at('2027-01-01T12:00:00+08:00'))).toBe('2026-W53')
    expect(shiftWeek('2026-W53', 1)).toBe('2027-W01')
    expect(shiftWeek('2026-W01', -1)).toBe('2025-W52')
  })

  it('go forth and back to where they were', () => {
    const week = fc.date({ min: new Date('2001-01-01'), max: new Date('2190-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(week, fc.integer({ min: -300, max: 300 }), (day, by) => {
        const start = weekOf(day.getTime())
        expect(isWeek(start)).toBe(true)
        expect(shiftWeek(shiftWeek(start, by), -by)).toBe(start)
      }),
    )
  })
})
