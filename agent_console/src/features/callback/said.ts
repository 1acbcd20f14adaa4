/** What was answered of a card so far: a reload, or a look at the ticket while somebody is on the line, asks nobody twice. */
import type { Answers } from './script'

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface Said {
  answers: Answers
  note: string
}

const place = (person: number, card: string) => `hotline.callback.said.${person}.${card}`

export function keep(shelf: Shelf, person: number, card: string, said: Said): void {
  const blank = said.answers.reached === undefined && !said.note.trim()
  try {
    if (blank) shelf.removeItem(place(person, card))
    else shelf.setItem(place(person, card), JSON.stringify(said))
  } catch {
    // A machine that keeps nothing: the call goes on.
  }
}

export function kept(shelf: Shelf, person: number, card: string): Said {
  try {
    const told = JSON.parse(shelf.getItem(place(person, card)) ?? 'null') as Said | null
    if (told && typeof told.answers === 'object' && typeof told.note === 'string') return told
  } catch {
    // What cannot be read is passed over.
  }
  return { answers: {}, note: '' }
}

export function drop(shelf: Shelf, person: number, card: string): void {
  shelf.removeItem(place(person, card))
}
