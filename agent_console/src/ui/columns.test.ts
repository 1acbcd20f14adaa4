import { describe, expect, it } from 'vitest'
import { heir, moved, scrolledTo, tracks } from './columns'

describe('the cursor of a list', () => {
  const ids = [10, 20, 30]
  it.each([
    [null, 1, 10],
    [null, -1, 30],
    [null, 1e9, 30],
    [null, -1e9, 10],
    [10, 1, 20],
    [30, 1, 30],
    [10, -1, 10],
    [20, 1e9, 30],
    [99, 1, 10],
  ])('from %s by %s', (current, by, expected) => expect(moved(ids, current, by)).toBe(expected))

  it('has nowhere to be in an empty list', () => expect(moved([], 10, 1)).toBeNull())

  it('stays where it was when its ticket leaves the list', () => {
    expect(heir([10, 20, 30], [10, 30], 20)).toBe(30)
    expect(heir([10, 20, 30], [10, 20], 30)).toBe(20)
    expect(heir([10, 20], [], 20)).toBeNull()
  })
})

it('makes room for the tick box', () => {
  const columns = [
    { key: 'a', title: 'A', width: '60px' },
    { key: 'b', title: 'B' },
  ]
  expect(tracks(columns, true)).toBe('32px 60px minmax(80px, 1fr)')
  expect(tracks(columns, false)).toBe('60px minmax(80px, 1fr)')
})

describe('a row is brought into view', () => {
  const seen = { top: 340, height: 374 }
  it.each([
    [3, 102],
    [10, 340],
    [15, 340],
    [19, 340],
    [20, 374],
    [199, 6460],
  ])('row %i: to %i', (at, expected) => expect(scrolledTo(at, 34, 34, seen)).toBe(expected))
})
