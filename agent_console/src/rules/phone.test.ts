import { describe, expect, it } from 'vitest'
import { isPhone, masked, plain, spaced } from './phone'

describe('telephone numbers', () => {
  it.each([
    ['+86 139-1234-5678', '13912345678'],
    ['8613912345678', '13912345678'],
    ['(0871)6312 3456', '087163123456'],
    ['１３９１２３４５６７８', '13912345678'],
    ['86312345', '86312345'],
  ])('%s', (text, expected) => expect(plain(text)).toBe(expected))

  it.each([
    ['13912345678', true],
    ['0871-63123456', true],
    ['63123456转801', true],
    ['12912345678', false],
    ['1391234567', false],
    ['不留', false],
  ])('%s: %s', (text, expected) => expect(isPhone(text)).toBe(expected))

  it('hides the middle, and what is hidden already stays', () => {
    expect(masked('13912345678')).toBe('139****5678')
    expect(masked('139****5678')).toBe('139****5678')
    expect(masked('087163123456')).toBe('087*****3456')
    expect(masked('110')).toBe('110')
  })

  it('spaces a mobile number', () => {
    expect(spaced('13912345678')).toBe('139 1234 5678')
    expect(spaced('139****5678')).toBe('139 **** 5678')
    expect(spaced('63123456')).toBe('63123456')
  })
})
