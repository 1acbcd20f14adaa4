import { describe, expect, it } from 'vitest'
import { LONGEST, SHIPPED, insert, read } from './snippets'

describe('insert', () => {
  it.each([
    ['路灯不亮', 2, '路灯常用不亮', 4],
    ['', 0, '常用', 2],
    ['路灯', 99, '路灯常用', 4],
    ['路灯', -1, '常用路灯', 2],
  ])('into %s at %d: nothing is lost', (text, at, after, caret) => {
    expect(insert(text, at, '常用')).toEqual({ text: after, at: caret })
  })
})

describe('read', () => {
  it.each([[null], [undefined], ['text'], [{}], [[1, null, {}]]])('%o gives the shipped ones', (kept) =>
    expect(read(kept)).toEqual(SHIPPED),
  )

  it('keeps one’s own, an emptied one too, and cuts what is too long', () => {
    const mine = read([{ text: '您好' }, { text: '' }, { text: '长'.repeat(900) }])
    expect(mine[0]).toEqual({ text: '您好' })
    expect(mine[1]).toEqual({ text: '' })
    expect(mine[2]!.text).toHaveLength(LONGEST)
    expect(mine[3]).toEqual(SHIPPED[3])
  })
})
