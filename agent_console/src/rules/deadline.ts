/** How a clock stands: met, ample, near, late. Pure; `now` is an argument. */

export type Standing = 'none' | 'paused' | 'met' | 'ample' | 'near' | 'late' | 'very_late'

export interface Clock {
  due: string | null | undefined
  /** When it began to run; without it the bar knows only how much is left. */
  from?: string | null | undefined
  /** When it was met (or stopped too late). */
  ended?: string | null | undefined
  paused?: boolean | undefined
}

export interface Reading {
  standing: Standing
  /** Milliseconds left; negative when late. */
  left: number
  /** Part of the time that is used, 0 to 1. */
  used: number
}

const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** What is due within a day is near; of a short clock, its last fifth. The list filter `due=near` says the same. */
const NEAR_SHARE = 0.2

export function reading(clock: Clock, now: number): Reading {
  if (!clock.due) return { standing: 'none', left: 0, used: 0 }
  const due = Date.parse(clock.due)
  const from = clock.from ? Date.parse(clock.from) : null
  const at = clock.ended ? Date.parse(clock.ended) : now
  const left = due - at
  return { standing: standing(clock, left, from === null ? null : due - from), left, used: used(left, from, due) }
}

function standing(clock: Clock, left: number, length: number | null): Standing {
  if (clock.ended) return left >= 0 ? 'met' : lateness(left)
  if (clock.paused) return 'paused'
  if (left < 0) return lateness(left)
  const nearBy = length !== null && length < 3 * DAY ? Math.min(DAY, length * NEAR_SHARE) : DAY
  return left <= nearBy ? 'near' : 'ample'
}

/** Five working days are a week: what the supervisor's wall counts as very late (`very_late_days`) shows so here. */
const VERY_LATE = 7 * DAY

function lateness(left: number): Standing {
  return left < -VERY_LATE ? 'very_late' : 'late'
}

function used(left: number, from: number | null, due: number): number {
  const length = from === null ? 5 * DAY : Math.max(1, due - from)
  return Math.min(1, Math.max(0, 1 - left / length))
}

export interface Span {
  days: number
  hours: number
  minutes: number
}

/** The length as people say it: at most two units, rounded down, at least a minute. */
export function span(ms: number): Span {
  const minutes = Math.max(1, Math.floor(Math.abs(ms) / 60_000))
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  return { days, hours, minutes: days ? 0 : minutes % 60 }
}

/** A short clock for a narrow column: 0:21, 3:20, 2 天. */
export function short(ms: number): { days: number } | { clock: string } {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  if (minutes >= 2880) return { days: Math.floor(minutes / 1440) }
  return { clock: `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}` }
}
