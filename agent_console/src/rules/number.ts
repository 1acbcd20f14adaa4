/** Numbers as screens show them: never a rate without what it was counted from. */

export const NOTHING = '—'

/** 97.3% (146/150); nothing counted is no rate. */
export function rate(part: number, whole: number): string {
  return whole > 0 ? `${percent(part / whole)} (${grouped(part)}/${grouped(whole)})` : NOTHING
}

/** One decimal, never rounded up to 100% nor down to 0%. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%'
  if (share < 1 && share > 0.999) return '99.9%'
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')}%`
}

export function grouped(n: number): string {
  return n.toLocaleString('en-US')
}

/** +12, −3, ±0: with a true minus, so that columns align. */
export function change(n: number): string {
  if (n === 0) return '±0'
  return n > 0 ? `+${grouped(n)}` : `−${grouped(-n)}`
}
