/** A letter while it is written: its parts as the hand writes them, and as the server takes them. */
export interface LetterParts {
  level: number
  grounds: string[]
  ground: string
  /** 工作要求, one a line. */
  demands: string
  /** 抄送, one a line or parted by 、 */
  copies: string
  /** The last day; empty: as the rules say. */
  day: string
}

export const newLetter = (ground = '', level = 2): LetterParts => ({
  level,
  grounds: [],
  ground,
  demands: '',
  copies: '',
  day: '',
})

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

export const namesOf = (text: string): string[] =>
  text
    .split(/[\n、,,;;]/)
    .map((name) => name.trim())
    .filter(Boolean)

/** A day is promised to its end. */
export const endOf = (day: string): string | null => (day ? `${day}T23:59:00+08:00` : null)

export const letterBody = (letter: LetterParts) => ({
  level: letter.level,
  grounds: letter.grounds,
  ground: letter.ground.trim(),
  demands: linesOf(letter.demands),
  copies: namesOf(letter.copies),
  due: endOf(letter.day),
})

/** What a warning is written from. */
export interface Warned {
  unit: number | null
  subject: string
  ground: string
  tickets: number[]
}
