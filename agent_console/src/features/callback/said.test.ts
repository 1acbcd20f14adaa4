import { beforeEach, describe, expect, it } from 'vitest'
import { drop, keep, kept } from './said'

const held = new Map<string, string>()
const shelf = {
  getItem: (name: string) => held.get(name) ?? null,
  setItem: (name: string, text: string) => void held.set(name, text),
  removeItem: (name: string) => void held.delete(name),
}
const said = { answers: { reached: true, solved: 'no' as const }, note: '东侧的灯仍不亮' }

describe('what was said so far', () => {
  beforeEach(() => held.clear())

  it('is there after a reload, for that card and that person only', () => {
    keep(shelf, 7, '1-1', said)
    expect(kept(shelf, 7, '1-1')).toEqual(said)
    expect(kept(shelf, 7, '2-1')).toEqual({ answers: {}, note: '' })
    expect(kept(shelf, 8, '1-1')).toEqual({ answers: {}, note: '' })
  })
  it('is gone when it was recorded or taken back', () => {
    keep(shelf, 7, '1-1', said)
    keep(shelf, 7, '1-1', { answers: {}, note: ' ' })
    keep(shelf, 7, '2-1', said)
    drop(shelf, 7, '2-1')
    expect(held.size).toBe(0)
  })
  it('is nothing where it cannot be read', () => {
    held.set('hotline.callback.said.7.1-1', '{"answers"')
    expect(kept(shelf, 7, '1-1')).toEqual({ answers: {}, note: '' })
  })
})
