/** The script as a row of questions, each answered by one key. Pure: what has been answered says what is asked next. */

export const WHY = ['no_answer', 'busy', 'off', 'wrong', 'other_person', 'hung_up'] as const
export const WITH = ['attitude', 'efficiency', 'result', 'procedure', 'not_contacted', 'false'] as const
const SOLVED = ['yes', 'partly', 'no'] as const

export interface Answers {
  reached?: boolean
  why?: (typeof WHY)[number]
  contacted?: boolean | null
  as_told?: boolean | null
  solved?: (typeof SOLVED)[number]
  rating?: number
  dissatisfied_with?: (typeof WITH)[number]
  declined?: true
}
export type Question = 'reached' | 'why' | 'contacted' | 'as_told' | 'solved' | 'rating' | 'dissatisfied_with'

const HEARD: Record<string, Answers['why']> = { citizen_busy: 'busy', citizen_no_answer: 'no_answer' }
/** What a call that was not answered says of itself. Who answered it may be anybody; that one's own telephone was not lifted says nothing of the citizen. */
export function whyOf(outcome: string | null): Answers | null {
  const why = HEARD[outcome ?? '']
  return why ? { reached: false, why } : null
}

export interface Option {
  key: string
  value: unknown
  /** The word under `callback.options`. */
  word: string
}

const yesNo = (question: string): Option[] => [
  { key: 'Y', value: true, word: `${question}.yes` },
  { key: 'N', value: false, word: `${question}.no` },
]
const unsure: Option = { key: '0', value: null, word: 'unsure' }
const numbered = (set: string, values: readonly string[]): Option[] =>
  values.map((value, place) => ({ key: String(place + 1), value, word: `${set}.${value}` }))

export const OPTIONS: Record<Question, readonly Option[]> = {
  reached: yesNo('reached'),
  why: numbered('why', WHY),
  contacted: [...yesNo('contacted'), unsure],
  as_told: [...yesNo('as_told'), unsure],
  solved: numbered('solved', SOLVED),
  rating: [5, 4, 3, 2, 1].map((value) => ({ key: String(value), value, word: `rating.${value}` })),
  dissatisfied_with: numbered('dissatisfied', WITH),
}

/** Dissatisfied: unsolved, or rated below 基本满意 (docs/rules.md F.6). */
export function dissatisfied(answers: Answers): boolean {
  return answers.solved === 'no' || (answers.rating !== undefined && answers.rating < 3)
}

/** 只对结果 says that the procedure was right: not of somebody who was not contacted, or was told what is not so. */
const outOfPlace = (answers: Answers, value: unknown) =>
  value === 'result' && (answers.contacted === false || answers.as_told === false)

/** What may be answered to a question after what was said before; the keys stay where they are. */
export function options(answers: Answers, question: Question): readonly Option[] {
  if (question !== 'dissatisfied_with') return OPTIONS[question]
  return OPTIONS[question].filter((option) => !outOfPlace(answers, option.value))
}

/** Every question of this call as far as the answers lead, in order. */
export function questions(answers: Answers): Question[] {
  if (answers.reached === undefined) return ['reached']
  if (!answers.reached) return ['reached', 'why']
  if (answers.declined) return ['reached']
  const asked: Question[] = ['reached', 'contacted', 'as_told', 'solved', 'rating']
  const judged = answers.solved !== undefined && answers.rating !== undefined
  return judged && dissatisfied(answers) ? [...asked, 'dissatisfied_with'] : asked
}

export const pending = (answers: Answers): Question | null =>
  questions(answers).find((question) => answers[question] === undefined) ?? null

/** The answers after a key, or null when the key answers nothing. */
export function pressed(answers: Answers, key: string): Answers | null {
  const question = answers.declined ? null : pending(answers)
  const found = question && options(answers, question).find((option) => option.key === key)
  return found ? answered(answers, question, found.value) : null
}

/** An answer may be changed at any time; what no longer follows from it is forgotten. */
export function answered(answers: Answers, question: Question, value: unknown): Answers {
  if (question === 'reached') return { reached: value as boolean }
  const next: Answers = { ...answers, [question]: value }
  delete next.declined
  if (!dissatisfied(next) || outOfPlace(next, next.dissatisfied_with)) delete next.dissatisfied_with
  return next
}

/** One step back: the last answer is taken away. */
export function undone(answers: Answers): Answers {
  if (answers.declined) return { reached: true }
  const last = questions(answers).findLast((question) => answers[question] !== undefined)
  if (!last) return answers
  const next = { ...answers }
  delete next[last]
  return next
}

export type Outcome = 'unreached' | 'declined' | 'satisfied' | 'dissatisfied'

/** What recording this would mean; null while something is still to be asked. */
export function outcome(answers: Answers): Outcome | null {
  if (answers.declined) return 'declined'
  if (pending(answers)) return null
  if (!answers.reached) return 'unreached'
  return dissatisfied(answers) ? 'dissatisfied' : 'satisfied'
}
