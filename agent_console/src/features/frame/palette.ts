/** What Ctrl-K offers for a text: pure. */

export interface Offer {
  kind: 'desk' | 'ticket' | 'caller' | 'find' | 'unit'
  label: string
  to: string
  /** Who calls: handed over beside the address, for addresses are written down. */
  phone?: string
}

export interface Known {
  desks: readonly { path: string; label: string }[]
  units: readonly { id: number; name: string; aliases?: readonly string[] }[]
  /** Whether this person may read tickets at all. */
  tickets: boolean
}

const NUMBER = /^\d{15}$/
const PHONE = /^(?:1\d{10}|0\d{9,11})$/
const MOST = 8

export function found(text: string, known: Known): Offer[] {
  const asked = text.trim()
  const desks = known.desks
    .filter((desk) => desk.label.includes(asked))
    .map((desk): Offer => ({ kind: 'desk', label: desk.label, to: desk.path }))
  if (!asked) return desks
  const digits = asked.replace(/[\s-]/g, '')
  if (known.tickets && NUMBER.test(digits))
    return [{ kind: 'ticket', label: digits, to: `/tickets/${digits}` }, ...desks]
  const callers: Offer[] =
    known.desks.some((desk) => desk.path === '/agent') && PHONE.test(digits)
      ? [{ kind: 'caller', label: digits, to: '/agent', phone: digits }]
      : []
  const units = known.units
    .filter((unit) => [unit.name, ...(unit.aliases ?? [])].some((name) => name.includes(asked)))
    .slice(0, MOST)
    .map((unit): Offer => ({ kind: 'unit', label: unit.name, to: `/tickets?unit=${unit.id}` }))
  const find: Offer[] = known.tickets
    ? [{ kind: 'find', label: asked, to: `/tickets?q=${encodeURIComponent(asked)}` }]
    : []
  return [...callers, ...desks, ...find, ...units]
}
