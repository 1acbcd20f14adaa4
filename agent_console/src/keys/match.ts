/** Which key was meant: pure, so that the map can be tested without a browser. */

/** As it is written in the map: `J`, `Enter`, `Escape`, `Ctrl+Enter`, `Alt+1`, `?`, `/`, or two in a row: `G A`. */
export type Chord = string

export interface Pressed {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  isComposing?: boolean
  keyCode?: number
}

const LETTER = /^Key([A-Z])$/
const DIGIT = /^(?:Digit|Numpad)(\d)$/

/** The chord's name, or null for what is no chord of ours: a lone modifier, a key of the input method. */
export function chordOf(event: Pressed): Chord | null {
  if (event.isComposing || event.keyCode === 229) return null
  if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return null
  // With Alt some systems put another sign in `key`: the place on the keyboard is what was meant.
  const letter = LETTER.exec(event.code)?.[1]
  const digit = DIGIT.exec(event.code)?.[1]
  const modified = event.ctrlKey || event.metaKey || event.altKey
  let key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  if (letter) key = letter
  else if (digit && (modified || event.key === digit)) key = digit
  const parts = []
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl')
  if (event.altKey) parts.push('Alt')
  if (event.shiftKey && (modified || letter || event.key.length > 1)) parts.push('Shift')
  return [...parts, key].join('+')
}

/** Whether a chord would also type something: those are never taken from a text field. */
export function types(chord: Chord): boolean {
  const parts = chord.split('+')
  if (parts.includes('Ctrl') || parts.includes('Alt')) return false
  return !/^(Escape|F\d+)$/.test(parts.at(-1) ?? '')
}

/** As it is printed on a button; a Mac's keyboard says ⌥ and ⌘. */
export function printed(chord: Chord, mac: boolean): string {
  const names: Record<string, string> = mac
    ? { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩', Escape: 'Esc' }
    : { Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓' }
  return chord
    .split(' ')
    .map((one) => (one === '+' ? one : one.split('+').map((part) => names[part] ?? part)).toString())
    .map((one) => one.replaceAll(',', mac ? '' : '+'))
    .join(' ')
}
