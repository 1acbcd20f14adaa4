import { effectScope } from 'vue'
import { describe, expect, it } from 'vitest'
import { useReading } from './reading'

const settled = () => new Promise((done) => setTimeout(done))

describe('useReading', () => {
  it('never shows the answer to what was asked before under what is asked now', async () => {
    const answers: ((said: string) => void)[] = []
    const { value, read, anew } = effectScope().run(() =>
      useReading(() => new Promise<string>((answer) => answers.push(answer))),
    )!
    answers[0]!('all of them')
    await settled()
    expect(value.value).toBe('all of them')

    void read()
    expect(value.value, 'the same once more: what is shown stays').toBe('all of them')
    void anew()
    expect(value.value, 'something else: it does not').toBeNull()
    answers[1]!('all of them, late')
    await settled()
    expect(value.value).toBeNull()
    answers[2]!('the public ones')
    await settled()
    expect(value.value).toBe('the public ones')
  })

  it('says nothing any more of what went wrong with the question before', async () => {
    let fails = true
    const { value, failed, anew } = effectScope().run(() =>
      useReading(() => (fails ? Promise.reject(new Error('lost')) : Promise.resolve('found'))),
    )!
    await settled()
    expect(failed.value).not.toBe('')
    fails = false
    const asked = anew()
    expect(failed.value).toBe('')
    await asked
    expect([value.value, failed.value]).toEqual(['found', ''])
  })
})
