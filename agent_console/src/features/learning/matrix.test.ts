import { describe, expect, it } from 'vitest'
import type { ClassLine } from '@/api/learning'
import { deep, wide } from './matrix'

const line = (key: string, name: string, agreed: number): ClassLine => ({
  key,
  name,
  said: agreed,
  was: agreed,
  agreed,
})
const CLASSES = [
  line('0101', '城建/路灯', 40),
  line('0102', '城建/道路', 10),
  line('0201', '交通/公交', 30),
  line('0202', '交通/停车', 0),
]
const CONFUSED = [
  { said: '0101', was: '0102', n: 5 },
  { said: '0201', was: '0101', n: 3 },
  { said: '0202', was: '0102', n: 2 },
]

describe('the matrix', () => {
  it('adds second levels up, the right ones on the diagonal', () => {
    const found = wide(CLASSES, CONFUSED)
    expect(found.was.map((one) => one.name)).toEqual(['城建', '交通'])
    expect(found.said.map((one) => one.key)).toEqual(found.was.map((one) => one.key))
    expect(found.cells[0]?.[0]).toMatchObject({ n: 55, right: true, within: 5, share: 1 })
    expect(found.cells[1]?.[0]).toMatchObject({ said: '02', was: '01', n: 5, right: false, share: 5 / 35 })
  })
  it('opens one cell into the classes that were confused there, and no others', () => {
    const found = deep(CLASSES, CONFUSED, '02', '01')
    expect(found.said.map((one) => one.name)).toEqual(['公交', '停车'])
    expect(found.was.map((one) => one.name)).toEqual(['路灯', '道路'])
    expect(found.cells.flat().map((one) => one.n)).toEqual([3, 0, 0, 2])
  })
  it('shows what was right beside what was wrong inside one first level', () => {
    const found = deep(CLASSES, CONFUSED, '01', '01')
    expect(found.cells[0]?.map((one) => one.n)).toEqual([40, 5])
    expect(found.cells[0]?.[0]?.right).toBe(true)
  })
  it('is empty where nothing is known', () => {
    expect(wide([], [])).toEqual({ said: [], was: [], cells: [] })
  })
})
