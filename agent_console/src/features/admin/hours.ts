/** 作息: office hours as people write them, 08:30-12:00 14:30-17:30; of the city, of a season, of a unit. Pure. */
export type Span = [string, string]
export interface Season {
  begins: string
  ends: string
  spans: Span[]
}
export interface Hours {
  spans: Span[]
  seasons: Season[]
}

const SPAN = /^([01]?\d|2[0-3])[::]([0-5]\d)\s*[-–~至]\s*([01]?\d|2[0-3])[::]([0-5]\d)$/

export function spansText(spans: readonly Span[]): string {
  return spans.map(([from, to]) => `${from.slice(0, 5)}-${to.slice(0, 5)}`).join(' ')
}

/** What was typed as spans, or null when it cannot be read. */
export function readSpans(text: string): Span[] | null {
  const parts = text
    .replace(/\s*([-–~至])\s*/g, '$1')
    .split(/[\s,,、;;]+/)
    .filter(Boolean)
  const found = parts.map((part) => SPAN.exec(part))
  if (!parts.length || found.some((one) => one === null)) return null
  return found.map((one) => [clock(one![1]!, one![2]!), clock(one![3]!, one![4]!)])
}

/** Whether the office opens and closes in the order of the day; nobody works the same hour twice. */
export function inOrder(spans: readonly Span[]): boolean {
  const edges = spans.flat()
  return edges.every((edge, at) => at === 0 || edges[at - 1]! < edge)
}

const clock = (hour: string, minute: string) => `${hour.padStart(2, '0')}:${minute}:00`

/** A day of any year as people write it (6-1, 06/01, 6月1日) as MM-DD, or null when there is none such. */
export function readDay(text: string): string | null {
  const found = /^(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?$/.exec(text.trim())
  if (!found) return null
  const [month, day] = [Number(found[1]), Number(found[2])]
  const there = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2024, month, 0)).getUTCDate()
  return there ? `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` : null
}

/** A season more, begun with the usual hours, to be changed: first a summer, then the winter beside it. */
export function withSeason(hours: Hours): Hours {
  const [begins, ends] = hours.seasons.length ? ['10-01', '05-31'] : ['06-01', '09-30']
  return { ...hours, seasons: [...hours.seasons, { begins: begins!, ends: ends!, spans: [...hours.spans] }] }
}
