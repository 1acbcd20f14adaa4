import { describe, expect, it } from 'vitest'
import { firstMoment, lastMoment, today } from './days'

describe('a stretch of whole days', () => {
  it('begins and ends at midnight in Beijing, the last day counted', () => {
    expect(firstMoment('2026-11-23')).toBe('2026-11-23T00:00:00+08:00')
    expect(lastMoment('2026-12-31')).toBe('2027-01-01T00:00:00+08:00')
    expect(Date.parse(lastMoment('2026-11-23')) - Date.parse(firstMoment('2026-11-23'))).toBe(86_400_000)
  })

  it('knows which day it is in Beijing', () => {
    expect(today(Date.parse('2026-11-22T17:00:00Z'))).toBe('2026-11-23')
  })
})
