import { describe, expect, it } from 'vitest'
import { appended, asRead, placeOf, saying, toneOf, type NoticeShown } from './notice'

const notice = (number: number, more: Partial<NoticeShown['told']> = {}): NoticeShown => ({
  open: true,
  told: {
    number,
    ticket_id: 202611220000042,
    at: '2026-11-22T10:00:00+08:00',
    kind: 'near',
    clock: 'finish',
    origin: '',
    urgent: false,
    title: '路灯不亮',
    ...more,
  },
})

describe('a notice', () => {
  it('says a light with its clock, and who urges', () => {
    expect(saying(notice(1).told)).toEqual({ as: 'light', clock: 'finish', light: 'near' })
    expect(saying(notice(1, { kind: 'urge', origin: 'citizen' }).told)).toEqual({ as: 'urged', by: 'citizen' })
    expect(saying(notice(1, { kind: 'supervise' }).told)).toEqual({ as: 'supervised' })
  })
  it('is loud when it is late or supervised', () => {
    const tones = ['near', 'orange', 'late', 'very_late', 'urge', 'supervise'].map((kind) =>
      toneOf(notice(1, { kind }).told),
    )
    expect(tones).toEqual(['near', 'near', 'late', 'late', '', 'late'])
  })
  it('of a decision says what was asked and what became of it, and is not loud', () => {
    const told = notice(1, { kind: 'decided', clock: 'appeal', origin: 'refused' }).told
    expect(saying(told)).toEqual({ as: 'decided', what: 'appeal', decision: 'refused' })
    expect(toneOf(told)).toBe('')
  })
  it('of a duty leads a unit to its duties and the centre to the register, not to a ticket', () => {
    const letter = notice(1, { kind: 'asked', clock: 'letter', ticket_id: 0, duty_id: 7 })
    expect(saying(letter.told)).toEqual({ as: 'asked', what: 'letter' })
    expect([toneOf(letter.told), placeOf(letter, true)]).toEqual(['', '/duties'])
    expect(placeOf(letter, false)).toBe('/supervision?tab=letters')
    expect(placeOf(notice(1), true)).toBe('/tickets/202611220000042')
    expect(placeOf({ ...notice(1), open: false }, true)).toBeNull()
  })
  it('keeps the moment at which it was read first', () => {
    const read = asRead(notice(1), 'A')
    expect(asRead(read, 'B').told.read_at).toBe('A')
  })
  it('stands once in a list of pages', () => {
    expect(appended([notice(3), notice(2)], [notice(2), notice(1)]).map((one) => one.told.number)).toEqual([3, 2, 1])
  })
})
