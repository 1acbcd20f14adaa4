/** 派单: to whom it goes, and who says so. */

import { reason, line, type Field, type Verb } from './field'

const ACTIVE = ['to_sign', 'in_hand', 'return_review', 'replied', 'refused']

const assists: Field = { name: 'assists', kind: 'units' }

export const DISPATCH: readonly Verb[] = [
  {
    name: 'dispatch',
    key: 'D',
    tone: 'main',
    group: 'dispatch',
    fields: [{ name: 'unit_id', kind: 'unit', needed: true }, assists, line('basis', { needed: false })],
  },
  {
    name: 'consult',
    key: 'C',
    tone: 'plain',
    group: 'dispatch',
    fields: [{ name: 'candidates', kind: 'units' }, reason()],
  },
  {
    name: 'rule',
    key: 'D',
    tone: 'main',
    group: 'dispatch',
    fields: [
      { name: 'unit_id', kind: 'unit', needed: true },
      assists,
      line('basis'),
      reason(true),
      { name: 'to_catalogue', kind: 'yes_no', start: false },
    ],
  },
  {
    name: 'approve_return',
    key: 'Y',
    tone: 'main',
    group: 'dispatch',
    fields: [{ name: 'unit_id', kind: 'unit' }, assists, { name: 'wrong_unit', kind: 'yes_no', start: true }, reason()],
  },
  { name: 'refuse_return', key: 'N', tone: 'plain', group: 'dispatch', fields: [reason(true)] },
  { name: 'escalate_return', key: 'C', tone: 'plain', group: 'dispatch', fields: [reason()] },
  {
    name: 'recall',
    key: 'Q',
    tone: 'plain',
    group: 'dispatch',
    fields: [{ name: 'assignment_id', kind: 'assist', needed: true }, reason()],
    fits: (t) => t.assignments.some((one) => one.part !== 'lead' && ACTIVE.includes(one.stage)),
  },
]
