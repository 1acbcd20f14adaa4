import { expect, test } from 'vitest'
import { called } from './finding'

const ROWS = ['云州市城市管理局', '雁栖区城市管理局', '雁栖区水务局', 'CBD 管委会'].map((name) => ({ name }))
const found = (words: string) => called(ROWS, words).map(({ name }) => name)

test('every word must be in the name, in any order and case', () => {
  expect(found('城市管理')).toEqual(['云州市城市管理局', '雁栖区城市管理局'])
  expect(found(' 管理　雁栖 ')).toEqual(['雁栖区城市管理局'])
  expect(found('cbd')).toEqual(['CBD 管委会'])
  expect(found('教育')).toEqual([])
})

test('nothing sought: all, as they stand', () => {
  expect(called(ROWS, '  ')).toBe(ROWS)
})
