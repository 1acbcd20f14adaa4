/** 受理: what whoever takes a request in does with it. */

import { reason, words, choice, type Verb } from './field'

const DISPOSITIONS = [
  'emergency_line',
  'legal_channel',
  'progress_told',
  'explained',
  'market_channel',
  'other_place',
  'invalid',
  'malicious',
]

export const INTAKE: readonly Verb[] = [
  { name: 'register', key: 'G', tone: 'main', group: 'intake', fields: [] },
  { name: 'answer_directly', key: 'A', tone: 'plain', group: 'intake', fields: [words('answer')] },
  {
    name: 'redirect',
    key: 'Z',
    tone: 'plain',
    group: 'intake',
    fields: [choice('disposition', 'disposition', DISPOSITIONS), words('told', { needed: false })],
  },
  {
    name: 'merge',
    key: 'M',
    tone: 'plain',
    group: 'intake',
    fields: [{ name: 'master_id', kind: 'ticket', needed: true }],
  },
  { name: 'unmerge', key: 'M', tone: 'plain', group: 'intake', fields: [reason()] },
  { name: 'void', key: 'O', tone: 'danger', group: 'intake', grave: true, fields: [reason(true)] },
  {
    name: 'classify',
    key: 'F',
    tone: 'plain',
    group: 'intake',
    fields: [
      { name: 'category', kind: 'category', needed: true },
      choice('kind', 'kind', ['consult', 'seek_help', 'complaint', 'report', 'suggestion', 'praise', 'other'], {
        needed: false,
      }),
      choice('urgency', 'urgency', ['normal', 'urgent', 'critical'], { needed: false }),
      { name: 'district_code', kind: 'region' },
      reason(),
    ],
  },
]
