import { describe, expect, it } from 'vitest'
import { appended, asRead, saying, toneOf, type NoticeShown } from './notice'

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
  it('keeps the moment at which it was read first', () => {
    const read = asRead(notice(1), 'A')
    expect(asRead(read, 'B').told.read_at).toBe('A')
  })
  it('stands once in a list of pages', () => {
    expect(appended([notice(3), notice(2)], [notice(2), notice(1)]).map((one) => one.told.number)).toEqual([3, 2, 1])
  })
})
