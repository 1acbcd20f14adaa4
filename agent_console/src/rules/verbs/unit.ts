/** 承办: what the unit that has it does. */

import { waits, reason, words, line, choice, solved, type About, type Verb } from './field'

const idle = (asked: string) => (t: About) => !waits(asked)(t)

const EXCLUSIONS = ['elsewhere', 'legal_way', 'unlawful', 'secret', 'untrue', 'beyond_reason', 'heard', 'malicious']

/** Against the last bad result, and once. */
function appealable(t: About): boolean {
  const last = [...t.callbacks].reverse().find((one) => one.outcome === 'dissatisfied')
  return last !== undefined && !t.requests.some((one) => one.asked === 'appeal' && one.callback_id === last.id)
}

export const UNIT: readonly Verb[] = [
  {
    name: 'sign',
    key: 'S',
    tone: 'main',
    group: 'unit',
    fields: [],
    fits: (t) => t.assignments.some((one) => one.stage === 'to_sign'),
  },
  {
    name: 'contact',
    key: 'L',
    tone: 'plain',
    group: 'unit',
    fields: [
      choice('how', 'way', ['phone', 'visit', 'sms', 'wechat'], { start: 'phone' }),
      { name: 'reached', kind: 'yes_no', start: true },
      words('result'),
    ],
  },
  {
    name: 'reply',
    key: 'R',
    tone: 'main',
    group: 'unit',
    fields: [
      { name: 'found_true', kind: 'yes_no' },
      solved(),
      line('unsolved_reason', { when: (given) => given.solved === 'no' || given.solved === 'partly' }),
      words('account'),
      words('public_reply'),
    ],
  },
  {
    name: 'assist',
    key: 'B',
    tone: 'plain',
    group: 'unit',
    fields: [
      { name: 'below', kind: 'yes_no', start: false },
      { name: 'unit_id', kind: 'unit', needed: true, when: (given) => given.below !== true },
      { name: 'unit_id', kind: 'below', needed: true, when: (given) => given.below === true },
      { name: 'due', kind: 'moment' },
      line('basis', { needed: false }),
    ],
  },
  {
    name: 'assist_reply',
    key: 'J',
    tone: 'plain',
    group: 'unit',
    fields: [words('account')],
    fits: (t) => t.assignments.some((one) => one.part !== 'lead' && ['in_hand', 'refused'].includes(one.stage)),
  },
  {
    name: 'assign_person',
    key: 'P',
    tone: 'plain',
    group: 'unit',
    fields: [{ name: 'person_id', kind: 'person', needed: true }],
  },
  {
    name: 'request_return',
    key: 'T',
    tone: 'plain',
    group: 'unit',
    fields: [reason(true), words('basis'), { name: 'proposed_unit', kind: 'unit', needed: true }],
  },
  {
    name: 'request_extension',
    key: 'E',
    tone: 'plain',
    group: 'unit',
    fields: [
      { name: 'working_days', kind: 'days', needed: true, start: 5 },
      words('progress'),
      reason(true),
      { name: 'citizen_informed', kind: 'yes_no', start: false },
    ],
    fits: idle('extension'),
  },
  {
    name: 'request_shelving',
    key: 'H',
    tone: 'plain',
    group: 'unit',
    fields: [
      words('plan'),
      { name: 'milestone', kind: 'moment', needed: true },
      { name: 'further', kind: 'steps' },
      line('leader'),
      reason(true),
      { name: 'citizen_informed', kind: 'yes_no', start: false },
    ],
    fits: idle('shelving'),
  },
  {
    name: 'request_termination',
    key: 'O',
    tone: 'plain',
    group: 'unit',
    fields: [line('ground'), reason(true)],
    fits: idle('termination'),
  },
  {
    name: 'appeal',
    key: 'W',
    tone: 'plain',
    group: 'unit',
    fields: [
      choice('ground', 'appeal_ground', ['misrated', 'malicious', 'lawful', 'not_ours', 'other']),
      words('evidence', { most: 2000 }),
      reason(true),
    ],
    fits: appealable,
  },
  {
    name: 'request_exclusion',
    key: 'J',
    tone: 'plain',
    group: 'unit',
    fields: [choice('ground', 'exclusion_ground', EXCLUSIONS), words('evidence', { most: 2000 }), reason(true)],
    fits: (t) => !t.requests.some((one) => one.asked === 'exclusion'),
  },
]
