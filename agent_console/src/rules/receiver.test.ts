import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byItself, EXPECTED_MS, microphoneProblem, refusal, retryAfter, takenAtOnce, type Talk } from './receiver'

const talk = (stage: Talk['stage']): Talk => ({ from: '1002', stage, held: false, muted: false, since: '' })

describe('a telephone in the browser', () => {
  it('tells a wrong password from another realm, and both from a fault that passes', () => {
    expect(refusal(401, 'hotline', 'hotline')).toBe('password')
    expect(refusal(401, 'asterisk', 'hotline')).toBe('realm')
    expect(refusal(403, null, 'hotline')).toBe('password')
    expect(refusal(404, null, 'hotline')).toBe('unknown')
    for (const passing of [null, 408, 480, 500, 503]) expect(refusal(passing, null, 'hotline')).toBe('later')
  })
  it('tells a microphone that is not there from one that may not be used', () => {
    expect(microphoneProblem('NotFoundError')).toBe('no_microphone')
    expect(microphoneProblem('NotAllowedError')).toBe('microphone')
  })
  it('tries again later each time, and within half a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
        const wait = retryAfter(tries, chance)
        expect(wait).toBeGreaterThanOrEqual(1)
        expect(wait).toBeLessThanOrEqual(30)
        expect(retryAfter(tries + 1, chance)).toBeGreaterThanOrEqual(wait)
      }),
    )
  })
  it('does by itself only what is done to its own call', () => {
    expect(byItself('answer', talk('rings'))).toBe(true)
    expect(byItself('hangup', talk('rings'))).toBe(false)
    for (const verb of ['hold', 'resume', 'mute', 'unmute', 'hangup']) {
      expect(byItself(verb, talk('talks'))).toBe(true)
      expect(byItself(verb, null)).toBe(false)
    }
    for (const verb of ['transfer', 'conference', 'complete_transfer', 'retrieve', 'dial', 'answer'])
      expect(byItself(verb, talk('talks'))).toBe(false)
    expect(byItself('hangup', talk('talks'), 'all')).toBe(false)
  })
  it('takes without asking what was asked for a moment ago, and nothing else', () => {
    expect(takenAtOnce(null, false, 0)).toBe(false)
    expect(takenAtOnce(null, true, 0)).toBe(true)
    expect(takenAtOnce(1_000, false, 1_000 + EXPECTED_MS - 1)).toBe(true)
    expect(takenAtOnce(1_000, false, 1_000 + EXPECTED_MS)).toBe(false)
  })
})
