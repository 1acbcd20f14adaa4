import { describe, expect, it } from 'vitest'
import { isWeekend, judged, months, pressed, stepped } from './year'

const special = new Map([
  ['2026-10-01', { day: '2026-10-01', workday: false, name: '国庆节' }],
  ['2026-10-10', { day: '2026-10-10', workday: true, name: '国庆节调休' }],
])
const none = new Map()

describe('a year of days', () => {
  it('has every day once, from Monday', () => {
    const all = months(2024)
      .flat()
      .filter((day) => day !== null)
    expect(all.length).toBe(366)
    expect(new Set(all).size).toBe(366)
    expect(months(2026)[10]!.slice(0, 7)).toEqual([null, null, null, null, null, null, '2026-11-01'])
  })
  it('tells make-up days from weekends and holidays from working days', () => {
    expect(isWeekend('2026-11-22')).toBe(true)
    expect(judged('2026-10-01', special, none)).toMatchObject({ kind: 'holiday', name: '国庆节', pending: false })
    expect(judged('2026-10-10', special, none).kind).toBe('makeup')
    expect(judged('2026-10-11', special, none).kind).toBe('weekend')
    expect(judged('2026-11-23', special, none).kind).toBe('work')
  })
  it('shows what is asked for before it is in force', () => {
    const asked = new Map([['2026-10-01', { day: '2026-10-01', workday: null, name: '' }]])
    expect(judged('2026-10-01', special, asked)).toMatchObject({ kind: 'work', pending: true })
  })
  it.each([
    ['ArrowRight', '2026-12-01'],
    ['ArrowUp', '2026-11-23'],
    ['PageUp', '2026-10-30'],
    ['PageDown', '2026-12-30'],
  ])('is walked by %s', (key, to) => expect(stepped('2026-11-30', key)).toBe(to))
  it('comes to the last day of a shorter month, and keeps other keys', () => {
    expect(stepped('2026-03-31', 'PageUp')).toBe('2026-02-28')
    expect(stepped('2026-03-31', 'Enter')).toBeNull()
  })
  it('turns a day into its opposite', () => {
    expect(pressed(judged('2026-11-23', special, none), '停工').workday).toBe(false)
    expect(pressed(judged('2026-11-22', special, none), '调休').workday).toBe(true)
    expect(pressed(judged('2026-10-01', special, none), '取消').workday).toBe(true)
  })
})
