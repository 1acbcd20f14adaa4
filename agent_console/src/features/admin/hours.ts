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

const clock = (hour: string, minute: string) => `${hour.padStart(2, '0')}:${minute}:00`

/** A summer of its own: begun with what is usual, to be changed. */
export function withSummer(hours: Hours): Hours {
  return { ...hours, seasons: [...hours.seasons, { begins: '06-01', ends: '09-30', spans: [...hours.spans] }] }
}
