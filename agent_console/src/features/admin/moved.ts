/** What a change would move, summed: by kind of clock, and by unit. Pure. */

export interface MovedClock {
  clock: string
  unit_id?: number | null
  old: string
  new: string
}
export interface Sum<Key> {
  key: Key
  count: number
  later: number
  earlier: number
  /** Of those that come later, and of those that come earlier, the one that moves furthest. */
  most: MovedClock[]
}

const by = (one: MovedClock) => Date.parse(one.new) - Date.parse(one.old)
export const isEarlier = (one: MovedClock) => by(one) < 0

/** One line for each, the most moved first. */
export function sums<Key>(items: readonly MovedClock[], key: (one: MovedClock) => Key): Sum<Key>[] {
  const groups = new Map<Key, MovedClock[]>()
  for (const one of items) {
    const group = groups.get(key(one))
    if (group) group.push(one)
    else groups.set(key(one), [one])
  }
  return [...groups].map(([name, all]) => summed(name, all)).sort((a, b) => b.count - a.count)
}

function summed<Key>(key: Key, all: readonly MovedClock[]): Sum<Key> {
  const sides = [all.filter((one) => !isEarlier(one)), all.filter(isEarlier)] as const
  const most = sides.flatMap((side) => furthest(side) ?? [])
  return { key, count: all.length, later: sides[0].length, earlier: sides[1].length, most }
}

/** Never spread into Math.max: a city's preview has more clocks than a call takes arguments. */
function furthest(side: readonly MovedClock[]): MovedClock | undefined {
  return side.reduce<MovedClock | undefined>(
    (most, one) => (most && Math.abs(by(most)) >= Math.abs(by(one)) ? most : one),
    undefined,
  )
}
