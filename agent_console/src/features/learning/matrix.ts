/** 混淆矩阵: what was suggested down, what it turned out to be across; first by first level, then inside one cell of it. */
import type { ClassLine, Confused } from '@/api/learning'

export interface Head {
  key: string
  name: string
  n: number
}
export interface Cell {
  said: string
  was: string
  n: number
  /** Rightly so: on the diagonal. */
  right: boolean
  /** On the diagonal of first levels: right above, wrong below. */
  within: number
  /** Of what was suggested like this, how much turned out to be that. */
  share: number
}
export interface Matrix {
  said: Head[]
  was: Head[]
  cells: Cell[][]
}

const FIRST = 2
const MOST = 16
const first = (code: string) => code.slice(0, FIRST)

type Pair = Confused & { within: number }

/** Every pair with its letters, the right ones among them. */
function pairs(classes: readonly ClassLine[], confused: readonly Confused[]): Pair[] {
  const right = classes.map((one) => ({ said: one.key, was: one.key, n: one.agreed, within: 0 }))
  return [...right, ...confused.map((one) => ({ ...one, within: 0 }))].filter((one) => one.n > 0)
}

function table(all: readonly Pair[], names: ReadonlyMap<string, string>, most: number): Matrix {
  const sums = (side: 'said' | 'was') => {
    const found = new Map<string, number>()
    for (const one of all) found.set(one[side], (found.get(one[side]) ?? 0) + one.n)
    return [...found].map(([key, n]) => ({ key, name: names.get(key) ?? key, n }))
  }
  const shown = (heads: Head[]) => [...heads].sort((a, b) => b.n - a.n || a.key.localeCompare(b.key)).slice(0, most)
  const order = new Map(shown(sums('was')).map((one, at) => [one.key, at]))
  const was = shown(sums('was'))
  // What both sides know stands in the same order, so that the right ones lie on the diagonal.
  const said = shown(sums('said')).sort((a, b) => (order.get(a.key) ?? most) - (order.get(b.key) ?? most))
  const at = new Map<string, Pair>()
  for (const one of all) {
    const key = `${one.said}>${one.was}`
    const before = at.get(key)
    at.set(key, before ? { ...before, n: before.n + one.n, within: before.within + one.within } : one)
  }
  const cells = said.map((row) =>
    was.map((column) => {
      const found = at.get(`${row.key}>${column.key}`)
      const n = found?.n ?? 0
      return {
        said: row.key,
        was: column.key,
        n,
        right: row.key === column.key,
        within: found?.within ?? 0,
        share: row.n ? n / row.n : 0,
      }
    }),
  )
  return { said, was, cells }
}

/** By first level. */
export function wide(classes: readonly ClassLine[], confused: readonly Confused[]): Matrix {
  const names = new Map(classes.map((one) => [first(one.key), one.name.split('/')[0] ?? one.key]))
  const all = pairs(classes, confused).map((one) => ({
    said: first(one.said),
    was: first(one.was),
    n: one.n,
    within: one.said !== one.was && first(one.said) === first(one.was) ? one.n : 0,
  }))
  return table(all, names, MOST)
}

/** Inside one cell of it: the second levels that were taken for one another there. */
export function deep(classes: readonly ClassLine[], confused: readonly Confused[], said: string, was: string): Matrix {
  const names = new Map(classes.map((one) => [one.key, one.name.slice(one.name.indexOf('/') + 1)]))
  const wrong = confused.filter((one) => first(one.said) === said && first(one.was) === was)
  const concerned = new Set(wrong.flatMap((one) => [one.said, one.was]))
  const right = said === was ? classes.filter((one) => concerned.has(one.key)) : []
  return table(pairs(right, wrong), names, MOST)
}
