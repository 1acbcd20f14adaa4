/** How a rate moved, in points of a hundred; nothing is said where one of the two was counted from nothing. */
import { grouped, NOTHING } from './number'

/** A cell of a table of measures, what it was then, and what is known of its measure. */
export interface Counted {
  numerator: number
  denominator: number
  value: number | null
  text: string
  parts?: number
}
export interface Then {
  previous: number | null
  last_year: number | null
}
export interface Known {
  shown?: string
  better?: string
}

/** What a cell says: 78.4% (40/51), or of a mean 3.25 (n=120); of nothing nothing. */
export function said(cell: Counted | undefined, measure: Known | undefined): string {
  if (!cell) return ''
  if (!cell.denominator) return NOTHING
  if (measure?.shown === 'mean') return `${cell.text} (n=${grouped(cell.denominator)})`
  const parts = cell.parts ? `+${cell.parts}` : ''
  return `${cell.text.replace('.0%', '%')} (${grouped(cell.numerator)}${parts}/${grouped(cell.denominator)})`
}

export function points(
  now: Pick<Counted, 'value'>,
  before: Pick<Counted, 'value'> | undefined,
  shown = 'share',
): number | null {
  if (now.value === null || before?.value == null) return null
  if (shown === 'mean') return Math.round((now.value - before.value) * 100) / 100
  return Math.round((now.value - before.value) * 1000) / 10
}

/** Whether that is good news. */
export function toneOf(by: number, better: string): 'better' | 'worse' | 'quiet' {
  if (by === 0 || better === 'neither') return 'quiet'
  return by > 0 === (better === 'high') ? 'better' : 'worse'
}

/** ▲1.2, ▼0.4: how far a rate moved from what it was then, and whether that is good. */
export function move(
  now: Pick<Counted, 'value'>,
  before: number | null | undefined,
  measure: Known,
): { text: string; tone: string } {
  const by = points(now, { value: before ?? null }, measure.shown)
  if (by === null) return { text: NOTHING, tone: 'quiet' }
  const size = Math.abs(by).toFixed(measure.shown === 'mean' ? 2 : 1)
  return { text: `${by > 0 ? '▲' : by < 0 ? '▼' : ''}${size}`, tone: toneOf(by, measure.better ?? 'high') }
}

export const ENOUGH = 10

/** 环比 and 同比 of one rate, in this order; nothing where neither is known. */
export function moves(
  now: Counted | undefined,
  beside: Then | undefined,
  measure: Known,
): { side: 'before' | 'year'; text: string; tone: string }[] {
  if (!now || now.value === null || !beside) return []
  // Of a handful nothing is good news or bad.
  const about = now.denominator < ENOUGH ? { ...measure, better: 'neither' } : measure
  return [
    { side: 'before', ...move(now, beside.previous, about) },
    { side: 'year', ...move(now, beside.last_year, about) },
  ]
}
