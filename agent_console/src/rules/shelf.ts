/** Drafts on this machine: one entry a draft and person, so that two calls, two windows and two people never mix. */
import { blank, isBlank, type Draft } from './draft'

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'hotline.draft.'
const place = (person: number, key: string) => `${PREFIX}${person}.${key}`
/** A draft that nobody came back to is not kept longer than this. */
export const KEPT_FOR = 7 * 86_400_000

/** False when the machine keeps nothing (full, or private browsing): the desk says so. */
export function keep(shelf: Shelf, person: number, draft: Draft): boolean {
  try {
    if (isBlank(draft)) shelf.removeItem(place(person, draft.key))
    else shelf.setItem(place(person, draft.key), JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}

export function drop(shelf: Shelf, person: number, key: string): void {
  shelf.removeItem(place(person, key))
}

/** What this person has left here, the oldest first. What cannot be read is passed over, never thrown at the desk. */
export function kept(shelf: Shelf, person: number, now: number): Draft[] {
  const mine = `${PREFIX}${person}.`
  const names = Array.from({ length: shelf.length }, (_, at) => shelf.key(at)).filter((name) => name?.startsWith(mine))
  const found: Draft[] = []
  for (const name of names) {
    const draft = read(shelf.getItem(name!), name!.slice(mine.length))
    if (draft && now - draft.begun < KEPT_FOR) found.push(draft)
  }
  return found.sort((one, other) => one.begun - other.begun)
}

function read(text: string | null, key: string): Draft | null {
  try {
    const told: unknown = JSON.parse(text ?? 'null')
    if (typeof told !== 'object' || told === null || typeof (told as Draft).begun !== 'number') return null
    // Over a blank one: a field that a newer desk has added is there, too.
    return { ...blank(key, 0), ...(told as Draft), key }
  } catch {
    return null
  }
}

const CALLS = 'hotline.calls'
const REMEMBERED = 60
type Begun = [call: string, sheets: number][]

function begunHere(shelf: Shelf): Begun {
  try {
    const told: unknown = JSON.parse(shelf.getItem(CALLS) ?? '[]')
    return Array.isArray(told) ? (told as Begun) : []
  } catch {
    return []
  }
}

/** How many sheets were begun in a telephone call on this machine: a reload, or a second window, begins none anew. */
export function begunIn(shelf: Shelf, call: string): number {
  return begunHere(shelf).find(([known]) => known === call)?.[1] ?? 0
}

export function beginsIn(shelf: Shelf, call: string, sheets: number): void {
  const others = begunHere(shelf).filter(([known]) => known !== call)
  try {
    shelf.setItem(CALLS, JSON.stringify([...others, [call, sheets]].slice(-REMEMBERED)))
  } catch {
    // A full shelf: the desk says so when it keeps the draft.
  }
}
