/** How a rate moved, in points of a hundred; nothing is said where one of the two was counted from nothing. */
import type { Cell, Measure } from '@/api/insight'
import { grouped, NOTHING } from '@/rules/number'

/** What a cell says: 78.4% (40/51), or of a mean 3.25 (n=120); of nothing nothing. */
export function said(cell: Cell | undefined, measure: Pick<Measure, 'shown'> | undefined): string {
  if (!cell) return ''
  if (!cell.denominator) return NOTHING
  if (measure?.shown === 'mean') return `${cell.text} (n=${grouped(cell.denominator)})`
  const parts = cell.parts ? `+${cell.parts}` : ''
  return `${cell.text.replace('.0%', '%')} (${grouped(cell.numerator)}${parts}/${grouped(cell.denominator)})`
}

export function points(now: Cell, before: Cell | undefined, shown = 'share'): number | null {
  if (now.value === null || before?.value == null) return null
  if (shown === 'mean') return Math.round((now.value - before.value) * 100) / 100
  return Math.round((now.value - before.value) * 1000) / 10
}

/** Whether that is good news. */
export function toneOf(by: number, better: string): 'better' | 'worse' | 'quiet' {
  if (by === 0 || better === 'neither') return 'quiet'
  return by > 0 === (better === 'high') ? 'better' : 'worse'
}
