import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, length, readNumber, shortNumber, sizeOf, spokenNumber } from './text'

describe('folding', () => {
  it('leaves a short text whole, and one that is hardly too long', () => {
    expect(fold('路灯不亮。', 300)).toEqual({ shown: '路灯不亮。', hidden: 0 })
    expect(fold('亮'.repeat(350), 300).hidden).toBe(0)
  })

  it('ends with a sentence where one ends', () => {
    const text = `${'路'.repeat(90)}。${'灯'.repeat(200)}`
    expect(fold(text, 100)).toEqual({ shown: `${'路'.repeat(90)}。`, hidden: 200 })
  })

  it('folds a text without a single stop', () =>
    expect(fold('啊'.repeat(2000), 300)).toEqual({ shown: '啊'.repeat(300), hidden: 1700 }))

  it('never loses a character, and never cuts one in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 5, max: 60 }), (text, most) => {
        const { shown, hidden } = fold(text, most)
        return text.startsWith(shown) && length(shown) + hidden === length(text)
      }),
    )
  })
})

describe('numbers of tickets', () => {
  it('are said without their zeros', () => {
    expect(spokenNumber(202611220000042)).toBe('20261122·42')
    expect(shortNumber(202611190000031)).toBe('20261119…31')
  })

  it.each([
    ['202611220000042', 202611220000042],
    ['20261122·42', 202611220000042],
    ['20261122 42', 202611220000042],
    ['20261122-0000042', 202611220000042],
    ['路灯', null],
    ['13912345678', null],
  ])('%s is read', (text, expected) => expect(readNumber(text)).toBe(expected))
})

it('says the size of a file', () => {
  expect([900, 20_480, 5_400_000].map(sizeOf)).toEqual(['900 B', '20 KB', '5.1 MB'])
})
