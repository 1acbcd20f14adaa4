/** Days as the server writes them. Pure. */
export function today(now: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(now)
}

/** A stretch of whole days in Beijing: its first moment, and the one in which it is over. */
export const firstMoment = (day: string): string => `${day}T00:00:00+08:00`
export function lastMoment(day: string): string {
  return `${new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)}T00:00:00+08:00`
}
