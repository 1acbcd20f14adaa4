/** Moments as people say them, in Beijing's time whatever the computer is set to. */

export type Said =
  | { as: 'now' }
  | { as: 'minutes'; n: number }
  | { as: 'today' | 'yesterday' | 'tomorrow'; time: string }
  | { as: 'date'; date: string; time: string }

const ZONE = 'Asia/Shanghai'
const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}

function parts(at: number): Parts {
  return Object.fromEntries(PARTS.formatToParts(at).map((p) => [p.type, p.value])) as unknown as Parts
}

/** The day's number since 1970 in Beijing, for comparing days. */
function dayOf(at: number): number {
  return Math.floor((at + 8 * 3_600_000) / 86_400_000)
}

export function said(moment: string, now: number): Said {
  const at = Date.parse(moment)
  const p = parts(at)
  const time = `${p.hour}:${p.minute}`
  const ago = now - at
  if (ago >= 0 && ago < 60_000) return { as: 'now' }
  if (ago >= 0 && ago < 3_600_000) return { as: 'minutes', n: Math.floor(ago / 60_000) }
  const days = dayOf(at) - dayOf(now)
  if (days === 0) return { as: 'today', time }
  if (days === -1) return { as: 'yesterday', time }
  if (days === 1) return { as: 'tomorrow', time }
  const thisYear = parts(now).year === p.year
  return { as: 'date', date: thisYear ? `${p.month}-${p.day}` : `${p.year}-${p.month}-${p.day}`, time }
}

/** The full moment, for the hover: 2026-11-22 16:20:05. */
export function full(moment: string | null | undefined): string {
  if (!moment) return ''
  const p = parts(Date.parse(moment))
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** The moment without seconds, for tables and forms: 2026-11-22 16:20. */
export function minute(moment: string | null | undefined): string {
  return full(moment).slice(0, 16)
}

/** What a form's date picker holds (local Beijing text) as the server wants it. */
export function fromBeijing(text: string): string {
  return `${text.replace(' ', 'T')}${text.length === 16 ? ':00' : ''}+08:00`
}
