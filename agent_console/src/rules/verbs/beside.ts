/** 督办: what presses a ticket without turning it. */

import { reason, words, choice, type Verb } from './field'

const CLASSES = ['安全风险类', '职责不清类', '职能交叉类', '反复投诉类', '政策(历史遗留)类']

export const BESIDE: readonly Verb[] = [
  { name: 'urge', key: 'U', tone: 'plain', group: 'beside', fields: [words('text', { needed: false, most: 2000 })] },
  {
    name: 'supervise',
    key: 'V',
    tone: 'plain',
    group: 'beside',
    // Filled in as a letter, in ui/letter/PressDialog.vue.
    fields: [choice('level', 'level', ['2', '3', '4'], { start: '2' }), words('ground', { most: 2000 })],
  },
  {
    name: 'mark_difficult',
    key: 'P',
    tone: 'plain',
    group: 'beside',
    fields: [{ name: 'kind', kind: 'choice', options: CLASSES, plain: true }, reason(true)],
  },
  {
    name: 'instruct',
    key: 'I',
    tone: 'plain',
    group: 'beside',
    fields: [words('text', { most: 2000 }), { name: 'due', kind: 'moment' }],
  },
]
