import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromAddress, isSet, NONE, toAddress, type Filters } from './search'

const filters: fc.Arbitrary<Filters> = fc.record({
  q: fc.string().map((text) => text.trim()),
  stage: fc.uniqueArray(fc.constantFrom('registered', 'dispatched', 'in_progress')),
  unit: fc.option(fc.integer({ min: 1, max: 999_999 })),
  category: fc.constantFrom('', '0101'),
  due: fc.constantFrom('' as const, 'late' as const, 'near' as const, 'today' as const),
})

describe('the address bar', () => {
  it('gives back what was sought', () => {
    fc.assert(
      fc.property(filters, (given) => {
        expect(fromAddress(toAddress(given))).toEqual(given)
      }),
    )
  })

  it('holds nothing when nothing is sought', () => {
    expect(toAddress(NONE)).toEqual({})
    expect(isSet(NONE)).toBe(false)
    expect(isSet({ ...NONE, due: 'late' })).toBe(true)
  })

  it('takes no nonsense', () => {
    expect(fromAddress({ due: 'yesterday', unit: "1' or 1=1", q: ['a', 'b'] })).toEqual({ ...NONE, q: 'a' })
  })
})
