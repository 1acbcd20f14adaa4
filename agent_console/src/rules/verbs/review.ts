/** 审核: what the centre decides of what units ask. */

import { waits, reason, words, line, type Verb } from './field'

const REFUSALS = [
  '未联系诉求人',
  '答非所问',
  '格式不规范',
  '缺少依据',
  '与事实不符',
  '未逐项答复',
  '未说明后续安排',
  '公开答复不宜公开',
  '其他',
]

export const REVIEW: readonly Verb[] = [
  { name: 'approve_reply', key: 'Y', tone: 'main', group: 'review', fields: [reason()] },
  {
    name: 'refuse_reply',
    key: 'N',
    tone: 'plain',
    group: 'review',
    fields: [{ name: 'reasons', kind: 'choices', options: REFUSALS, plain: true, needed: true }, reason()],
  },
  {
    name: 'grant_extension',
    key: 'Y',
    tone: 'main',
    group: 'review',
    fields: [{ name: 'working_days', kind: 'offer' }, reason()],
    fits: waits('extension'),
  },
  {
    name: 'deny_extension',
    key: 'N',
    tone: 'plain',
    group: 'review',
    fields: [reason(true)],
    fits: waits('extension'),
  },
  {
    name: 'shelve',
    key: 'H',
    tone: 'plain',
    group: 'review',
    grave: true,
    fields: [
      words('plan', { needed: false }),
      { name: 'milestone', kind: 'moment' },
      line('leader', { needed: false }),
      reason(),
    ],
  },
  { name: 'deny_shelving', key: 'Q', tone: 'plain', group: 'review', fields: [reason(true)], fits: waits('shelving') },
  { name: 'resume', key: 'J', tone: 'plain', group: 'review', fields: [reason()] },
  { name: 'terminate', key: 'O', tone: 'danger', group: 'review', grave: true, fields: [line('ground'), reason(true)] },
  {
    name: 'deny_termination',
    key: 'Q',
    tone: 'plain',
    group: 'review',
    fields: [reason(true)],
    fits: waits('termination'),
  },
  {
    name: 'decide_appeal',
    key: 'W',
    tone: 'plain',
    group: 'review',
    fields: [{ name: 'granted', kind: 'yes_no', needed: true }, reason(true)],
    fits: waits('appeal'),
  },
  {
    name: 'decide_exclusion',
    key: 'J',
    tone: 'plain',
    group: 'review',
    fields: [{ name: 'granted', kind: 'yes_no', needed: true }, reason(true)],
    fits: waits('exclusion'),
  },
]
