/** A year of days as an office sees it. Pure. */
import type { Day } from '@/api/admin'

export type DayKind = 'work' | 'weekend' | 'holiday' | 'makeup'

export interface YearDay {
  day: string
  kind: DayKind
  name: string
  /** Entered on this page and not yet in force. */
  pending: boolean
}

const two = (n: number) => String(n).padStart(2, '0')

export function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
}

/** What a day is by the week and by the special days; `pending` wins, and without `workday` it is as usual. */
export function judged(day: string, special: ReadonlyMap<string, Day>, pending: ReadonlyMap<string, Day>): YearDay {
  const asked = pending.get(day)
  const told = asked ?? special.get(day)
  const weekend = isWeekend(day)
  const plain: DayKind = weekend ? 'weekend' : 'work'
  const workday = told?.workday ?? null
  const kind = workday === null ? plain : workday ? (weekend ? 'makeup' : 'work') : 'holiday'
  return { day, kind, name: workday === null ? '' : (told?.name ?? ''), pending: asked !== undefined }
}

/** The twelve months, each as weeks from Monday; null stands for a day of another month. */
export function months(year: number): (string | null)[][] {
  return Array.from({ length: 12 }, (_, month) => {
    const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7
    const days = Array.from({ length }, (_, at) => `${year}-${two(month + 1)}-${two(at + 1)}`)
    return [...Array<null>(first).fill(null), ...days]
  })
}

/** What pressing a day asks for: a working day becomes free, a free one worked, and what was asked is taken back. */
export function pressed(day: YearDay, name: string): Day {
  return { day: day.day, workday: day.kind === 'weekend' || day.kind === 'holiday', name }
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** The day that a key leads to: arrows by a day or a week, Page Up and Page Down by a month; null for other keys. */
export function stepped(day: string, key: string): string | null {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const written = (at: number) => new Date(at).toISOString().slice(0, 10)
  if (key in STEPS) return written(Date.UTC(year, month - 1, date + STEPS[key]!))
  if (key !== 'PageUp' && key !== 'PageDown') return null
  const to = month - 1 + (key === 'PageUp' ? -1 : 1)
  return written(Date.UTC(year, to, Math.min(date, new Date(Date.UTC(year, to + 1, 0)).getUTCDate())))
}
