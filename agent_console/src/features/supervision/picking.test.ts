import { expect, test } from 'vitest'
import type { Item } from '@/api/supervision'
import { EVERYTHING, offered, shown, tally } from './picking'

const item = (ticket_id: number, kind: string, score: number, rules: string[], more: object = {}) =>
  ({
    ticket_id,
    kind,
    score,
    carried: false,
    reasons: rules.map((rule) => ({ rule })),
    row: { current: '望江街道', place: '阳光小区', summary: '夜间施工' },
    ...more,
  }) as unknown as Item
const ITEMS = [
  item(1, '安全', 3, ['R9']),
  item(2, '权责不清', 9, ['R1', 'R3']),
  item(3, '重复', 5, ['R2'], { carried: true }),
  item(4, '重复', 7, ['R2'], { row: { current: '市水务局', place: '解放路', summary: '二次供水' } }),
]
const numbers = (found: Item[]) => found.map((one) => one.ticket_id)

test('offered is what was carried over, then the weightiest of every class', () => {
  expect(offered(ITEMS, 3)).toEqual([3, 2, 4])
})

test('shown by class, rule, words and what was chosen, all of them together', () => {
  expect(numbers(shown(ITEMS, EVERYTHING, new Set()))).toEqual([1, 2, 3, 4])
  expect(numbers(shown(ITEMS, { ...EVERYTHING, kind: '重复' }, new Set()))).toEqual([3, 4])
  expect(numbers(shown(ITEMS, { ...EVERYTHING, rule: 'R3' }, new Set()))).toEqual([2])
  expect(numbers(shown(ITEMS, { ...EVERYTHING, words: ' 水务局  供水' }, new Set()))).toEqual([4])
  expect(numbers(shown(ITEMS, { ...EVERYTHING, chosenOnly: true, kind: '重复' }, new Set([1, 4])))).toEqual([4])
})

test('counted in the order of the list', () => {
  expect(tally(ITEMS, (one) => [one.kind])).toEqual([
    ['安全', 1],
    ['权责不清', 1],
    ['重复', 2],
  ])
  expect(tally(ITEMS, (one) => one.reasons.map((reason) => reason.rule))).toContainEqual(['R2', 2])
})
