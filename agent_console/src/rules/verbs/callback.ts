/** 回访: what follows from what the citizen says. */

import { reason, words, line, choice, solved, type Given, type Verb } from './field'

const WAYS = ['phone', 'visit', 'sms', 'wechat', 'app']
const RATINGS = ['5', '4', '3', '2', '1']
const WITH = ['attitude', 'efficiency', 'result', 'procedure', 'not_contacted', 'false']
const rating = choice('rating', 'rating', RATINGS)
const dissatisfied = choice('dissatisfied_with', 'dissatisfied', WITH, { needed: false })
const asked = (given: Given) => given.outcome === 'satisfied'

export const CALLBACK: readonly Verb[] = [
  {
    name: 'close',
    key: 'K',
    tone: 'main',
    group: 'callback',
    fields: [
      choice('outcome', 'outcome', ['satisfied', 'unreached', 'declined']),
      solved({ when: asked }),
      { ...rating, when: asked },
      choice('channel', 'way', WAYS, { start: 'phone' }),
      reason(),
    ],
  },
  {
    name: 'send_back',
    key: 'X',
    tone: 'plain',
    group: 'callback',
    grave: true,
    fields: [solved(), rating, dissatisfied, choice('channel', 'way', WAYS, { start: 'phone' }), reason()],
  },
  {
    name: 'conclude',
    key: 'B',
    tone: 'plain',
    group: 'callback',
    grave: true,
    fields: [
      choice('closing', 'closing', ['concluded', 'unreasonable', 'handled'], { start: 'concluded' }),
      words('explanation'),
      reason(true),
      solved({ needed: false }),
      { ...rating, needed: false },
      dissatisfied,
    ],
  },
  {
    name: 'reopen',
    key: 'O',
    tone: 'plain',
    group: 'callback',
    grave: true,
    fields: [words('new_facts', { needed: false }), reason(true)],
  },
  { name: 'withdraw', key: 'W', tone: 'danger', group: 'callback', grave: true, fields: [line('proof'), reason()] },
]
