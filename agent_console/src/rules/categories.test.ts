import { describe, expect, it } from 'vitest'
import type { CategoryNode } from '@/api/types'
import { above, below, leaf, search, spells } from './categories'

const node = (code: string, full: string, initials: string, ...words: string[]): CategoryNode => ({
  code,
  level: code.length / 2,
  parent: code.slice(0, -2) || null,
  name: leaf(full),
  full_name: full,
  words,
  duty: false,
  initials,
})
const TREE = [
  node('01', '市容城管', 'srcg'),
  node('0106', '市容城管/园林绿化', 'yllh'),
  node('010601', '市容城管/园林绿化/树木修剪', 'smxj', '挡路灯'),
  node('02', '市政设施', 'szss'),
  node('0202', '市政设施/路灯照明', 'ldzm', '灯坏了'),
  node('020201', '市政设施/路灯照明/路灯不亮', 'ldbl', '不亮'),
  node('020202', '市政设施/路灯照明/路灯增设', '?dzs'),
]
const found = (text: string) => search(TREE, text).map((one) => one.code)

describe('search', () => {
  it.each([
    ['路灯', ['020201', '020202', '0202', '010601']],
    ['ldbl', ['020201']],
    ['dzs', ['020202']],
    ['0202', ['0202', '020201', '020202']],
    ['灯坏', ['0202']],
    ['照明 不亮', ['020201']],
    ['没有这个', []],
  ])('%s', (text, codes) => expect(found(text)).toEqual(codes))

  it('lets a rare character stand for any letter', () => {
    expect(spells('ldzs', '?dzs')).toBe(true)
    expect(spells('ldzsx', '?dzs')).toBe(false)
  })
})

it('walks the tree', () => {
  expect(below(TREE, null).map((one) => one.code)).toEqual(['01', '02'])
  expect(below(TREE, '0202').map((one) => one.code)).toEqual(['020201', '020202'])
  expect([leaf('一/二/三'), above('一/二/三'), above('一')]).toEqual(['三', '一 · 二', ''])
})
