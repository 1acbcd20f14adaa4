import { describe, expect, it } from 'vitest'
import { shown } from './tree'

const NODES = [
  { key: '01', parent: null, text: '01 市容' },
  { key: '0101', parent: '01', text: '0101 垃圾' },
  { key: '010101', parent: '0101', text: '010101 垃圾清运' },
  { key: '02', parent: null, text: '02 市政' },
  { key: '0202', parent: '02', text: '0202 路灯' },
]

describe('a tree as lines', () => {
  it('shows the first level until something is opened', () => {
    expect([...shown(NODES, new Set(), '')]).toEqual(['01', '02'])
    expect([...shown(NODES, new Set(['01']), '')]).toEqual(['01', '0101', '02'])
  })
  it('keeps what is open below a folded line out of sight', () => {
    expect([...shown(NODES, new Set(['0101']), '')]).toEqual(['01', '02'])
  })
  it('finds a line with all that stands above it', () => {
    expect([...shown(NODES, new Set(), ' 清运 ')].sort()).toEqual(['01', '0101', '010101'])
    expect(shown(NODES, new Set(), '没有').size).toBe(0)
  })
})
