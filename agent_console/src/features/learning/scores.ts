/** A model's measures, in the order of the columns. */
export const SCORES = ['accuracy', 'macro_f1', 'top3', 'ece'] as const

/** In per cent; of an accuracy also how many of how many. */
export function score(scores: Record<string, unknown>, name: string): string {
  const value = scores[name]
  if (typeof value !== 'number') return '—'
  const n = typeof scores.n === 'number' && name === 'accuracy' ? ` (${Math.round(value * scores.n)}/${scores.n})` : ''
  return `${(value * 100).toFixed(1)}%${n}`
}
