import { describe, expect, it } from 'vitest'
import type { Cell } from '@/api/insight'
import { points, toneOf } from './points'

const cell = (numerator: number, denominator: number): Cell => ({
  numerator,
  denominator,
  excluded: 0,
  value: denominator ? numerator / denominator : null,
  text: '',
})

describe('how a rate moved', () => {
  it('is told in points, and not at all where nothing was counted', () => {
    expect(points(cell(90, 100), cell(85, 100))).toBe(5)
    expect(points(cell(1, 3), cell(1, 2))).toBe(-16.7)
    expect(points(cell(0, 0), cell(1, 2))).toBeNull()
    expect(points(cell(1, 2), undefined)).toBeNull()
  })

  it('is good news up or down, as the measure says', () => {
    expect(toneOf(2, 'high')).toBe('better')
    expect(toneOf(2, 'low')).toBe('worse')
    expect(toneOf(-2, 'low')).toBe('better')
    expect(toneOf(-2, 'neither')).toBe('quiet')
    expect(toneOf(0, 'high')).toBe('quiet')
  })
})
