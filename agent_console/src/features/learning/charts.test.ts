import { describe, expect, it } from 'vitest'
import type { CoveragePoint } from '@/api/learning'
import { atThreshold, coverage } from './charts'

const point = (threshold: number, share: number, precision: number): CoveragePoint => ({
  threshold,
  n: share * 1000,
  share,
  right: share * precision * 1000,
  precision,
  least: precision - 0.05,
  most: 1,
})
const CURVE = [point(0.99, 0.2, 1), point(0.9, 0.6, 0.97), point(0.5, 1, 0.9)]

describe('the threshold on the curve', () => {
  it('lets through whatever is at least so sure', () => {
    expect(atThreshold(CURVE, 0.9)?.share).toBe(0.6)
    expect(atThreshold(CURVE, 0.95)?.share).toBe(0.2)
    expect(atThreshold(CURVE, 0.5)?.share).toBe(1)
  })
  it('lets nothing through that nobody reached', () => {
    expect(atThreshold(CURVE, 0.995)).toBeNull()
    expect(atThreshold([], 0.5)).toBeNull()
  })
  it('is not stretched by a bound that a handful of letters leaves open', () => {
    const few = { ...point(0.999, 0.01, 1), least: 0.02 }
    expect(coverage([few, ...CURVE], null, { real: '', range: '', share: '' }).yAxis.min).toBe(0.8)
  })
  it('begins the scale below the lowest bound', () => {
    expect(coverage(CURVE, null, { real: '', range: '', share: '' }).yAxis.min).toBe(0.8)
  })
})
