import { describe, expect, it } from 'vitest'
import { readSpans, spansText, withSummer } from './hours'

describe('hours', () => {
  it.each([
    ['08:30-12:00 14:30-17:30', 2],
    ['8:30 - 12:00, 14:30–17:30', 2],
    ['9:00至17:00', 1],
  ])('reads %s', (text, n) => expect(readSpans(text)).toHaveLength(n))
  it.each(['', '上午', '25:00-26:00', '8:30'])('refuses %s', (text) => expect(readSpans(text)).toBeNull())
  it('writes what it reads', () => {
    const spans = readSpans('8:30-12:00 14:30-17:30')!
    expect(spans[0]).toEqual(['08:30:00', '12:00:00'])
    expect(spansText(spans)).toBe('08:30-12:00 14:30-17:30')
    expect(withSummer({ spans, seasons: [] }).seasons[0]!.spans).toEqual(spans)
  })
})
