import { effectScope } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Moved } from '@/live/events'
import { useQueue } from './queue'

interface Row {
  id: number
  version: number
}
let tell: (event: Moved) => void
vi.mock('./live', () => ({
  useLive: () => ({ listen: ({ moved }: { moved: (event: Moved) => void }) => void (tell = moved) }),
}))
const moved = (id: number) => tell({ ticket: { id } } as Moved)
const settled = () => vi.advanceTimersByTimeAsync(200)

/** A list whose questions are answered by the test. */
function listed() {
  const pages: ((items: Row[]) => void)[] = []
  const ones: { id: number; answer: (row: Row | null) => void }[] = []
  const queue = effectScope().run(() =>
    useQueue<Row>({
      page: () => new Promise((answer) => pages.push((items) => answer({ items }))),
      one: (id) => new Promise((answer) => ones.push({ id, answer })),
    }),
  )!
  return { queue, pages, ones, shown: () => queue.rows.value.map((row) => row.id) }
}

describe('useQueue', () => {
  beforeEach(() => void vi.useFakeTimers())

  it('does not show a row that was fetched for another question', async () => {
    const { queue, pages, ones, shown } = listed()
    void queue.load()
    pages[0]!([{ id: 1, version: 1 }])
    await settled()
    moved(2)
    await settled()
    void queue.restart()
    pages[1]!([{ id: 1, version: 1 }])
    ones[0]!.answer({ id: 2, version: 1 })
    await settled()
    expect(shown()).toEqual([1])
  })

  it('asks again about what changed while the list was on its way', async () => {
    const { queue, pages, ones, shown } = listed()
    void queue.load()
    moved(1)
    queue.remove(2)
    await settled()
    ones[0]!.answer(null)
    await settled()
    pages[0]!([
      { id: 1, version: 1 },
      { id: 2, version: 1 },
      { id: 3, version: 1 },
    ])
    await settled()
    expect(ones.slice(1).map((one) => one.id)).toEqual([1, 2])
    ones.slice(1).forEach((one) => one.answer(null))
    await settled()
    expect(shown()).toEqual([3])
  })
})
