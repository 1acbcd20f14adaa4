/** Days, weeks and months as the reports name them; all in Beijing's calendar. Pure. */

const MS_DAY = 86_400_000

/** The day in Beijing, as a UTC date to count with. */
function beijing(now: number): Date {
  return new Date(Math.floor((now + 8 * 3_600_000) / MS_DAY) * MS_DAY)
}

export const dayText = (day: Date): string => day.toISOString().slice(0, 10)
const plus = (day: Date, days: number) => new Date(day.getTime() + days * MS_DAY)

export interface Days {
  from: string
  to: string
}

export type Period = 'month' | 'lastMonth' | 'week' | 'quarter' | 'year'

/** The span a name means; one that still runs ends today. */
export function days(period: Period, now: number): Days {
  const today = beijing(now)
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()]
  const first = (m: number) => new Date(Date.UTC(year, m, 1))
  if (period === 'lastMonth') return { from: dayText(first(month - 1)), to: dayText(plus(first(month), -1)) }
  const begin = {
    month: first(month),
    week: plus(today, -((today.getUTCDay() + 6) % 7)),
    quarter: first(month - (month % 3)),
    year: first(0),
  }[period]
  return { from: dayText(begin), to: dayText(today) }
}

/** The first day so many months before the month of `to`: for a curve of months. */
export function monthsBack(to: string, count: number): Days {
  const end = new Date(`${to}T00:00:00Z`)
  return { from: dayText(new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - count + 1, 1))), to }
}

/** The months from one day to another. */
export function monthNames(from: string, to: string): string[] {
  const found: string[] = []
  for (let month = from.slice(0, 7); month <= to.slice(0, 7); month = shiftMonth(month, 1)) found.push(month)
  return found
}

export function monthOf(now: number): string {
  return dayText(beijing(now)).slice(0, 7)
}

export function shiftMonth(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

/** Today in Beijing. */
export const dayOf = (now: number): string => dayText(beijing(now))

export const shiftDay = (day: string, by: number): string => dayText(plus(new Date(`${day}T00:00:00Z`), by))

export function isDay(text: unknown): text is string {
  return typeof text === 'string' && /^2\d\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

/** ISO week of a day in Beijing: 2026-W47. */
export function weekOf(now: number): string {
  return isoWeek(beijing(now))
}

function isoWeek(day: Date): string {
  const thursday = plus(day, 3 - ((day.getUTCDay() + 6) % 7))
  const year = thursday.getUTCFullYear()
  const number = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / MS_DAY / 7)
  return `${year}-W${String(number).padStart(2, '0')}`
}

export function shiftWeek(week: string, by: number): string {
  const [year, number] = week.split('-W').map(Number) as [number, number]
  const fourth = new Date(Date.UTC(year, 0, 4))
  const monday = plus(fourth, -((fourth.getUTCDay() + 6) % 7) + (number - 1 + by) * 7)
  return isoWeek(monday)
}

export function isWeek(text: unknown): text is string {
  return typeof text === 'string' && /^2[01]\d\d-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text)
}

export function isMonth(text: unknown): text is string {
  return typeof text === 'string' && /^2[01]\d\d-(0[1-9]|1[0-2])$/.test(text)
}
