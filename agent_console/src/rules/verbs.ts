/** Every verb of a ticket as a form: its fields, what it needs, and when it makes sense. One description, one form.
 * The server decides again; `verbs.test.ts` holds the names against the server's own list. */

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
  requests: readonly { asked: string; decision: string }[]
  callbacks: readonly { outcome?: string | null; ended_at?: string | null }[]
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

const ACTIVE = ['to_sign', 'in_hand', 'return_review', 'replied', 'refused']
const waits = (asked: string) => (t: About) =>
  t.requests.some((one) => one.asked === asked && one.decision === 'pending')
const idle = (asked: string) => (t: About) => !waits(asked)(t)

const reason = (needed = false): Field => ({ name: 'reason', kind: 'words', needed })
const words = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'words', needed: true, ...more })
const line = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'line', needed: true, ...more })
const choice = (name: string, set: string, options: readonly string[], more: Partial<Field> = {}): Field => ({
  name,
  kind: 'choice',
  set,
  options,
  needed: true,
  ...more,
})
const SOLVED = ['yes', 'partly', 'no']
const RATINGS = ['5', '4', '3', '2', '1']
const WITH = ['attitude', 'efficiency', 'result', 'procedure', 'not_contacted', 'false']
const EXCLUSIONS = ['elsewhere', 'legal_way', 'unlawful', 'secret', 'untrue', 'beyond_reason', 'heard', 'malicious']
const WAYS = ['phone', 'visit', 'sms', 'wechat', 'app']
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
const CLASSES = ['安全风险类', '职责不清类', '职能交叉类', '反复投诉类', '政策(历史遗留)类']
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
const rating = choice('rating', 'rating', RATINGS)
const solved = (more: Partial<Field> = {}) => choice('solved', 'solved', SOLVED, more)
const dissatisfied = choice('dissatisfied_with', 'dissatisfied', WITH, { needed: false })
const assists: Field = { name: 'assists', kind: 'units' }
const asked = (given: Given) => given.outcome === 'satisfied'

export const VERBS: readonly Verb[] = [
  // 受理
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
  // 派单
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
  // 承办
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
    fits: (t) => t.callbacks.some((one) => one.outcome === 'dissatisfied'),
  },
  {
    name: 'request_exclusion',
    key: 'J',
    tone: 'plain',
    group: 'unit',
    fields: [choice('ground', 'exclusion_ground', EXCLUSIONS), words('evidence', { most: 2000 }), reason(true)],
    fits: (t) => !t.requests.some((one) => one.asked === 'exclusion'),
  },
  // 审核
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
  // 回访
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
  // 督办
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

const BY_NAME = new Map(VERBS.map((verb) => [verb.name, verb]))
export const verbOf = (name: string): Verb | undefined => BY_NAME.get(name)

/** What this person may do now, in the order of the description; no key twice. */
export function offered(allowed: readonly string[], ticket: About): (Verb & { chord?: string })[] {
  const taken = new Set<string>()
  return VERBS.filter((verb) => allowed.includes(verb.name) && (verb.fits?.(ticket) ?? true)).map((verb) => {
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
