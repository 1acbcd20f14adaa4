import { describe, expect, it } from 'vitest'
import { change, percent, rate } from './number'

describe('rates', () => {
  it('stand with what they were counted from', () => {
    expect(rate(146, 150)).toBe('97.3% (146/150)')
    expect(rate(12_345, 20_000)).toBe('61.7% (12,345/20,000)')
    expect(rate(0, 0)).toBe('—')
    expect(rate(0, 10)).toBe('0% (0/10)')
  })

  it('are never rounded up to all nor down to nothing', () => {
    expect(percent(0.99996)).toBe('99.9%')
    expect(percent(0.00004)).toBe('<0.1%')
    expect(percent(1)).toBe('100%')
  })
})

it('says which way a number went', () => {
  expect([12, -3, 0].map(change)).toEqual(['+12', '−3', '±0'])
})
