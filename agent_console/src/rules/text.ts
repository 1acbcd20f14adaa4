/** Texts as screens need them. */

/** How many characters a person would count: a surrogate pair is one. */
export function length(text: string): number {
  return [...text].length
}

export interface Folded {
  shown: string
  /** Characters left out; 0 when nothing is. */
  hidden: number
}

/** The beginning of a long text, cut after a sentence where one ends in the last fifth. */
export function fold(text: string, most: number): Folded {
  const letters = [...text]
  if (letters.length <= most * 1.2) return { shown: text, hidden: 0 }
  const head = letters.slice(0, most).join('')
  const end = Math.max(...['。', '!', '?', ';', '!', '?', '\n'].map((mark) => head.lastIndexOf(mark)))
  const shown = end >= head.length * 0.8 ? head.slice(0, end + 1) : head
  return { shown, hidden: letters.length - length(shown) }
}

/** 20261122 0000042 → 20261122·42: the number as it is said, without the zeros nobody says. */
export function spokenNumber(id: number): string {
  const text = String(id)
  return text.length === 15 ? `${text.slice(0, 8)}·${Number(text.slice(8))}` : text
}

/** 20261119…31: for narrow places; the whole number is on hover. */
export function shortNumber(id: number): string {
  const text = String(id)
  return text.length === 15 ? `${text.slice(0, 8)}…${String(Number(text.slice(8))).padStart(2, '0')}` : text
}

/** What was typed where a ticket's number is expected: 20261122·42, 20261122 42 or all fifteen digits. */
export function readNumber(text: string): number | null {
  const tidy = text.normalize('NFKC').trim()
  if (/^\d{15}$/.test(tidy)) return Number(tidy)
  const found = /^(\d{8})[·….\s-]+(\d{1,7})$/.exec(text.trim())
  return found ? Number(`${found[1]}${String(found[2]).padStart(7, '0')}`) : null
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`
}
