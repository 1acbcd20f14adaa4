/** Every verb of a ticket as a form: its fields, what it needs, and when it makes sense. One description, one form.
 * The server decides again; `verbs.test.ts` holds the names against the server's own list. */

import { INTAKE } from './intake'
import { DISPATCH } from './dispatch'
import { UNIT } from './unit'
import { REVIEW } from './review'
import { CALLBACK } from './callback'
import { BESIDE } from './beside'
import type { About, Field, Given, Verb } from './field'

export type { About, Field, FieldKind, Given, Verb } from './field'

export const VERBS: readonly Verb[] = [...INTAKE, ...DISPATCH, ...UNIT, ...REVIEW, ...CALLBACK, ...BESIDE]

const BY_NAME = new Map(VERBS.map((verb) => [verb.name, verb]))
export const verbOf = (name: string): Verb | undefined => BY_NAME.get(name)

/** What a state is waiting for comes first, and the first of these is what one would press. */
const AWAITED: Record<string, readonly string[]> = { suspended: ['resume', 'shelve'] }

function awaited(ticket: About): (verb: Verb) => Verb {
  const [first] = AWAITED[ticket.state] ?? []
  if (!first) return (verb) => verb
  return (verb) => ({ ...verb, tone: verb.name === first ? 'main' : verb.tone === 'main' ? 'plain' : verb.tone })
}

/** What this person may do now, what is awaited first, then in the order of the description; no key twice. */
export function offered(allowed: readonly string[], ticket: About): (Verb & { chord?: string })[] {
  const taken = new Set<string>()
  const found = VERBS.filter((verb) => allowed.includes(verb.name) && (verb.fits?.(ticket) ?? true))
  const first = (AWAITED[ticket.state] ?? []).flatMap((name) => found.filter((verb) => verb.name === name))
  return [...first, ...found.filter((verb) => !first.includes(verb))].map(awaited(ticket)).map((verb) => {
    if (!verb.key || taken.has(verb.key)) return { ...verb }
    taken.add(verb.key)
    return { ...verb, chord: `Alt+${verb.key}` }
  })
}

/** The fields that are shown while the form holds `given`. */
export function shown(verb: Verb, given: Given): Field[] {
  return verb.fields.filter((field) => field.when?.(given) ?? true)
}

export function beginning(verb: Verb): Given {
  return Object.fromEntries(
    verb.fields.filter((field) => field.start !== undefined).map((field) => [field.name, field.start]),
  )
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && !value.trim()) ||
    (Array.isArray(value) && !value.length)
  )
}

/** The names of the fields that still have to be filled in. */
export function missing(verb: Verb, given: Given): string[] {
  return shown(verb, given)
    .filter((field) => field.needed && isEmpty(given[field.name]))
    .map((field) => field.name)
}

const NUMBERS = ['rating', 'level']

/** The body to send: only what is shown and filled in. */
export function body(verb: Verb, given: Given, version: number): Given {
  const filled = shown(verb, given).filter((field) => !isEmpty(given[field.name]))
  const pairs = filled.map((field) => {
    const value = given[field.name]
    return [field.name, NUMBERS.includes(field.name) ? Number(value) : typeof value === 'string' ? value.trim() : value]
  })
  return { ...Object.fromEntries(pairs), version }
}
