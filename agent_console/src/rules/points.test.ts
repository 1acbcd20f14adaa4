import { describe, expect, it } from 'vitest'
import { type Counted, moves, points, said, toneOf } from './points'

const cell = (numerator: number, denominator: number): Counted => ({
  numerator,
  denominator,
  value: denominator ? numerator / denominator : null,
  parts: 0,
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

describe('what a cell says', () => {
  const cell = { numerator: 2, denominator: 4, excluded: 0, value: 0.625, text: '62.5%', parts: 0.5 }

  it('shows what it was counted from, half-met cases apart', () => {
    expect(said(cell, { shown: 'share' })).toBe('62.5% (2+0.5/4)')
    expect(said({ ...cell, numerator: 4, value: 1, text: '100.0%', parts: 0 }, undefined)).toBe('100% (4/4)')
  })

  it('shows a mean as no share, and nothing of nothing', () => {
    expect(said({ ...cell, text: '3.25', parts: 0 }, { shown: 'mean' })).toBe('3.25 (n=4)')
    expect(said({ ...cell, denominator: 0 }, { shown: 'mean' })).toBe('—')
  })
})

it('says how a rate moved, and nothing where neither time is known', () => {
  const beside = { previous: 0.5, last_year: null }
  expect(moves(cell(30, 40), beside, { shown: 'share', better: 'low' })).toEqual([
    { side: 'before', text: '▲25.0', tone: 'worse' },
    { side: 'year', text: '—', tone: 'quiet' },
  ])
  expect(moves(cell(3, 4), undefined, {})).toEqual([])
  expect(moves(cell(0, 0), beside, {})).toEqual([])
  expect(moves(cell(3, 4), beside, { shown: 'share', better: 'low' })[0]?.tone).toBe('quiet')
  expect(moves(cell(90, 20), { previous: 4.75, last_year: 4.5 }, { shown: 'mean', better: 'high' })).toEqual([
    { side: 'before', text: '▼0.25', tone: 'worse' },
    { side: 'year', text: '0.00', tone: 'quiet' },
  ])
})
