import { describe, expect, it } from 'vitest'
import { blank } from './draft'
import { drop, keep, kept, KEPT_FOR, type Shelf } from './shelf'

function shelf(most = Infinity): Shelf & { all: Map<string, string> } {
  const all = new Map<string, string>()
  return {
    all,
    get length() {
      return all.size
    },
    key: (at) => [...all.keys()][at] ?? null,
    getItem: (name) => all.get(name) ?? null,
    removeItem: (name) => void all.delete(name),
    setItem: (name, text) => {
      if (text.length > most) throw new DOMException('full', 'QuotaExceededError')
      all.set(name, text)
    },
  }
}
const NOW = 1_800_000_000_000
const call = (key: string, begun = NOW, content = '路灯不亮') => ({ ...blank(key, begun), content })

describe('drafts on this machine', () => {
  it('come back whole, the oldest first, and only to whom they belong', () => {
    const here = shelf()
    keep(here, 7, call('b', NOW + 1))
    keep(here, 7, call('a'))
    keep(here, 71, call('c'))
    expect(kept(here, 7, NOW).map((one) => one.key)).toEqual(['a', 'b'])
    expect(kept(here, 71, NOW)).toEqual([call('c')])
  })

  it('leave no trace of a blank sheet or of one that was sent', () => {
    const here = shelf()
    keep(here, 7, call('a'))
    keep(here, 7, { ...call('a'), content: '' })
    keep(here, 7, call('b'))
    drop(here, 7, 'b')
    expect(here.all.size).toBe(0)
  })

  it('say so when the machine keeps nothing', () => {
    expect(keep(shelf(10), 7, call('a'))).toBe(false)
    expect(keep(shelf(), 7, call('a'))).toBe(true)
  })

  it('pass over what cannot be read, what is too old, and other people’s things', () => {
    const here = shelf()
    here.all.set('hotline.draft.7.bad', '{"begun":')
    here.all.set('hotline.draft.7.odd', '"text"')
    here.all.set('hotline.settings', '{}')
    keep(here, 7, call('old', NOW - KEPT_FOR - 1))
    keep(here, 7, call('a'))
    expect(kept(here, 7, NOW).map((one) => one.key)).toEqual(['a'])
  })

  it('have every field, also those that an older desk did not know', () => {
    const here = shelf()
    here.all.set('hotline.draft.7.a', JSON.stringify({ begun: NOW, content: '旧' }))
    expect(kept(here, 7, NOW)[0]).toEqual({ ...blank('a', NOW), content: '旧' })
  })
})
