/** What a unit has asked for, as it stands in the form of whoever decides on it. Pure. */
import type { Asked } from './sheet'
import type { Given } from './verbs'

type Filled = (one: Asked) => Given

const FILLED: Readonly<Record<string, readonly [asked: string, filled: Filled]>> = {
  grant_extension: ['extension', (one) => ({ working_days: one.amount })],
  shelve: ['shelving', (one) => ({ plan: one.plan, milestone: one.milestone, leader: one.basis })],
  terminate: ['termination', (one) => ({ ground: one.basis })],
}

export function askedFor(verb: string, requests: readonly Asked[]): Given {
  const known = FILLED[verb]
  const found = known && requests.find((one) => one.asked === known[0] && one.decision === 'pending')
  const pairs = found ? Object.entries(known[1](found)) : []
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && value !== undefined && value !== ''))
}
