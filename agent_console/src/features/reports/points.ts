/** How a rate moved, in points of a hundred; nothing is said where one of the two was counted from nothing. */
import type { Cell } from '@/api/insight'

export function points(now: Cell, before: Cell | undefined): number | null {
  if (now.value === null || before?.value == null) return null
  return Math.round((now.value - before.value) * 1000) / 10
}

/** Whether that is good news. */
export function toneOf(by: number, better: string): 'better' | 'worse' | 'quiet' {
  if (by === 0 || better === 'neither') return 'quiet'
  return by > 0 === (better === 'high') ? 'better' : 'worse'
}
