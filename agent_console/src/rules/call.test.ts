import { describe, expect, it } from 'vitest'
import { current, otherOf, readAnew, ringing, stageOf, talkSince, type Call, type Party } from './call'

const ME = 7
const AT = '2026-11-22T10:00:00Z'
const party = (
  person_id: number | null,
  talks: boolean,
  name = '',
  since: string | null = talks ? AT : null,
): Party => ({
  person_id,
  name,
  talks,
  since,
})
const call = (more: Partial<Call>): Call => ({
  id: 'pbx:1',
  number: 1,
  direction: 'in',
  state: 'talking',
  outcome: null,
  outcome_name: '',
  citizen: '13900000001',
  line: '12345',
  queue: 'q',
  agent: '',
  person_id: null,
  person: null,
  offered_at: AT,
  queued_at: AT,
  answered_at: AT,
  agent_left_at: null,
  ended_at: null,
  ended_by: '',
  estimated: false,
  wait_ms: null,
  talk_ms: null,
  hold_ms: 0,
  score: null,
  recording_ready: false,
  tickets: [],
  parties: [],
  three: false,
  rings: [],
  pop: false,
  ...more,
})

describe('what rings at my telephone', () => {
  it('pops while it is fresh, and after a reload as long as the exchange is heard', () => {
    const fresh = call({ state: 'ringing', rings: [ME], pop: true })
    const older = call({ state: 'ringing', rings: [ME], pop: false })
    expect(ringing([fresh], ME, false)).toBe(fresh)
    expect(ringing([older], ME, true)).toBe(older)
    expect(ringing([older], ME, false)).toBeNull()
  })
  it('is withdrawn when it rings elsewhere', () => {
    expect(ringing([call({ state: 'ringing', rings: [8], pop: false })], ME, true)).toBeNull()
  })
  it('is not my own calling out, but a colleague handing over one of theirs is', () => {
    expect(ringing([call({ direction: 'out', person_id: ME, rings: [ME], pop: true })], ME, true)).toBeNull()
    expect(ringing([call({ direction: 'out', person_id: 8, rings: [ME], pop: true })], ME, true)).not.toBeNull()
  })
})

describe('the call in my hand', () => {
  it('is the one that I talk on, or that I have asked for', () => {
    const talking = call({ parties: [party(ME, true)] })
    const dialled = call({ id: 'pbx:2', direction: 'out', person_id: ME, answered_at: null })
    expect(current([call({ parties: [party(8, true)] }), talking], ME)).toBe(talking)
    expect(current([dialled], ME)).toBe(dialled)
    expect(current([call({ state: 'closing', person_id: ME })], ME)).toBeNull()
  })
  it.each([
    ['talking', call({ parties: [party(ME, true)] })],
    ['held', call({ state: 'held', parties: [party(ME, true)] })],
    ['asking', call({ state: 'held', parties: [party(ME, true), party(null, false, '110')] })],
    ['asked', call({ state: 'held', parties: [party(ME, true), party(8, true, '王芳')] })],
    ['three', call({ three: true, parties: [party(ME, true), party(8, true, '王芳')] })],
    ['dialling', call({ direction: 'out', person_id: ME, answered_at: null, parties: [party(ME, true)] })],
  ] as const)('is %s', (stage, one) => expect(stageOf(one, ME)).toBe(stage))
  it('counts from when I answered, and names who else is there', () => {
    const later = '2026-11-22T10:03:00Z'
    const passed = call({ parties: [party(8, true, '王芳'), party(ME, true, '林晓', later)] })
    expect(talkSince(passed, ME)).toBe(later)
    expect(otherOf(passed, ME)).toBe('王芳')
  })
})

describe('reading anew', () => {
  const known = (...calls: Call[]) => new Map(calls.map((one) => [one.id, one]))
  const one = (id: string, number = 1) => call({ id, number })
  it('keeps a call that began to ring while one asked', () => {
    expect([...readAnew(known(), known(one('b')), []).keys()]).toEqual(['b'])
  })
  it('drops what has ended, whether it was told or read', () => {
    expect([...readAnew(known(one('a')), known(one('a')), []).keys()]).toEqual([])
    expect([...readAnew(known(one('a')), known(), [one('a')]).keys()]).toEqual([])
  })
  it('keeps the newer of two rows', () => {
    expect(readAnew(known(one('a')), known(one('a', 5)), [one('a', 3)]).get('a')!.number).toBe(5)
  })
})
