/** Whom a call may be passed to, as one list: what was typed first, colleagues that are free, units, emergency lines. */
export interface Place {
  kind: 'number' | 'colleague' | 'unit' | 'line'
  name: string
  number: string
  /** Of a colleague: how their seat stands. */
  state?: string
}

interface Known {
  colleagues: readonly { name: string; extension: string; state: string }[]
  lines: readonly { name: string; number: string }[]
}

const MOST = 40
/** A duty line as people write it, dialled as digits; what is no number is nobody's line. */
export function dialled(phone: string | null | undefined): string {
  const digits = (phone ?? '').split(/[转,;,;、/]/)[0]!.replace(/[\s\-()()]/g, '')
  return /^\+?\d{3,20}$/.test(digits) ? digits : ''
}

export function places(
  typed: string,
  known: Known,
  units: readonly { name: string; phone?: string | null }[],
): Place[] {
  const said = typed.trim()
  const number = dialled(said)
  const fits = (...words: string[]) => !said || words.some((word) => word.includes(said))
  const colleagues = known.colleagues
    .filter((one) => fits(one.name, one.extension))
    .map((one): Place => ({ kind: 'colleague', name: one.name, number: one.extension, state: one.state }))
  const offices = units
    .map((one): Place => ({ kind: 'unit', name: one.name, number: dialled(one.phone) }))
    .filter((one) => one.number)
  const lines = known.lines.filter((one) => fits(one.name, one.number)).map((one): Place => ({ kind: 'line', ...one }))
  const all = [...colleagues, ...offices, ...lines]
  const own: Place[] = number && !all.some((one) => one.number === number) ? [{ kind: 'number', name: '', number }] : []
  return [...own, ...all].slice(0, MOST)
}
