import { describe, expect, it } from 'vitest'
import { answered, outcome, pending, pressed, questions, undone, whyOf, type Answers } from './script'

const typed = (keys: string, from: Answers = {}) =>
  [...keys].reduce<Answers>((answers, key) => pressed(answers, key) ?? answers, from)

describe('one key an answer', () => {
  it.each([
    ['YYY15', 'satisfied'],
    ['Y0013', 'satisfied'],
    ['YYN24', 'satisfied'],
    ['YNN31', null],
    ['YYY353', 'dissatisfied'],
    ['YNN353', null],
    ['YNN356', 'dissatisfied'],
    ['YYY124', 'dissatisfied'],
    ['N1', 'unreached'],
    ['Y', null],
  ])('%s leads to %s', (keys, expected) => expect(outcome(typed(keys))).toBe(expected))

  it('never assumes that anybody is satisfied', () => {
    expect(outcome(typed('YYY1'))).toBeNull()
    expect(pending(typed('YYY1'))).toBe('rating')
  })

  it('leaves other keys alone', () => expect(pressed({}, '7')).toBeNull())
})

describe('questions', () => {
  it('asks why only when somebody is not satisfied', () => {
    expect(questions(typed('YYY15'))).not.toContain('dissatisfied_with')
    expect(questions(typed('YYY35'))).toContain('dissatisfied_with')
  })
  it('ends when the citizen does not want to judge', () => {
    expect(outcome({ reached: true, declined: true })).toBe('declined')
    expect(outcome(undone({ reached: true, declined: true }))).toBeNull()
  })
})

describe('changing an answer', () => {
  it('forgets what no longer follows', () => {
    const unhappy = typed('YYY313')
    expect(unhappy.dissatisfied_with).toBe('result')
    const happy = answered(answered(unhappy, 'solved', 'yes'), 'rating', 5)
    expect(happy.dissatisfied_with).toBeUndefined()
    expect(answered(happy, 'reached', false)).toEqual({ reached: false })
  })
  it('does not take 只对结果 of somebody who was not contacted', () => {
    const unhappy = typed('YYY313')
    expect(answered(unhappy, 'contacted', false).dissatisfied_with).toBeUndefined()
    expect(answered(unhappy, 'as_told', false).dissatisfied_with).toBeUndefined()
    expect(answered(unhappy, 'as_told', null).dissatisfied_with).toBe('result')
  })
  it('goes back one step at a time', () => {
    expect(undone(typed('YY'))).toEqual({ reached: true })
    expect(undone({})).toEqual({})
  })
})

describe('what the telephone says', () => {
  it('tells a busy citizen from one who does not answer, and neither from an agent who did not lift', () => {
    expect(whyOf('citizen_busy')).toEqual({ reached: false, why: 'busy' })
    expect(whyOf('citizen_no_answer')).toEqual({ reached: false, why: 'no_answer' })
    for (const other of ['agent_no_answer', 'answered', 'cancelled', 'failed', 'lost', null])
      expect(whyOf(other)).toBeNull()
  })
})
