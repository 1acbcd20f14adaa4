import { describe, expect, it } from 'vitest'
import { inOrder, readDay, readSpans, spansText, withSeason } from './hours'

describe('hours', () => {
  it.each([
    ['08:30-12:00 14:30-17:30', 2],
    ['8:30 - 12:00, 14:30–17:30', 2],
    ['9:00至17:00', 1],
  ])('reads %s', (text, n) => expect(readSpans(text)).toHaveLength(n))
  it.each(['', '上午', '25:00-26:00', '8:30'])('refuses %s', (text) => expect(readSpans(text)).toBeNull())
  it.each([
    ['8:30-12:00 14:30-17:30', true],
    ['19:00-8:00', false],
    ['8:30-12:00 11:00-17:00', false],
    ['14:30-17:30 8:30-12:00', false],
    ['8:30-8:30', false],
  ])('knows whether %s is a day in its order', (text, right) => expect(inOrder(readSpans(text)!)).toBe(right))
  it('writes what it reads', () => {
    const spans = readSpans('8:30-12:00 14:30-17:30')!
    expect(spans[0]).toEqual(['08:30:00', '12:00:00'])
    expect(spansText(spans)).toBe('08:30-12:00 14:30-17:30')
    const summer = withSeason({ spans, seasons: [] })
    expect(summer.seasons[0]).toEqual({ begins: '06-01', ends: '09-30', spans })
    expect(withSeason(summer).seasons[1]).toEqual({ begins: '10-01', ends: '05-31', spans })
  })
  it.each(['6-1', '06/01', ' 6月1日 '])('takes %s for the first of June', (text) => expect(readDay(text)).toBe('06-01'))
  it.each(['', '6', '13-01', '06-31', '2-30', 'abc'])('knows no day %s', (text) => expect(readDay(text)).toBeNull())
})
