/** What a verb's form is made of. */

export type FieldKind =
  | 'line'
  | 'words'
  | 'choice'
  | 'choices'
  | 'yes_no'
  | 'unit'
  | 'units'
  | 'below'
  | 'person'
  | 'region'
  | 'category'
  | 'moment'
  | 'days'
  | 'offer'
  | 'assist'
  | 'ticket'
  | 'steps'

export interface Field {
  name: string
  kind: FieldKind
  needed?: boolean
  /** The closed set of a choice: words under `terms.<set>`. */
  set?: string
  options?: readonly string[]
  /** Options that are words already, in Chinese as the server keeps them. */
  plain?: boolean
  start?: unknown
  most?: number
  /** Shown only while this is true of what has been filled in. */
  when?: (given: Given) => boolean
}

export type Given = Record<string, unknown>

/** What of a ticket the forms ask. */
export interface About {
  state: string
  assignments: readonly { part: string; stage: string }[]
  requests: readonly { asked: string; decision: string; callback_id?: number | null }[]
  callbacks: readonly { id?: number; outcome?: string | null; ended_at?: string | null }[]
}

export interface Verb {
  name: string
  /** Pressed with Alt on the ticket page. */
  key?: string
  tone: 'main' | 'plain' | 'danger'
  group: 'intake' | 'dispatch' | 'unit' | 'review' | 'callback' | 'beside'
  fields: readonly Field[]
  /** Ends or turns the ticket in a way that is not simply undone: its consequence is said before. */
  grave?: boolean
  fits?: (ticket: About) => boolean
}

export const waits = (asked: string) => (t: About) =>
  t.requests.some((one) => one.asked === asked && one.decision === 'pending')
export const reason = (needed = false): Field => ({ name: 'reason', kind: 'words', needed })
export const words = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  kind: 'words',
  needed: true,
  ...more,
})
export const line = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'line', needed: true, ...more })
export const choice = (name: string, set: string, options: readonly string[], more: Partial<Field> = {}): Field => ({
  name,
  kind: 'choice',
  set,
  options,
  needed: true,
  ...more,
})
export const SOLVED = ['yes', 'partly', 'no']
export const solved = (more: Partial<Field> = {}) => choice('solved', 'solved', SOLVED, more)
