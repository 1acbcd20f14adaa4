import { describe, expect, it, vi } from 'vitest'
import { useAsk } from './asking'

vi.mock('element-plus', () => ({ ElMessage: { success: vi.fn() } }))

describe('useAsk', () => {
  it('keeps nobody from pressing while a page only reads', async () => {
    const { busy, ask, see } = useAsk()
    let answer!: (said: string) => void
    const reading = see(() => new Promise<string>((heard) => (answer = heard)))
    expect(busy.value).toBe(false)
    answer('ok')
    expect(await reading).toBe('ok')
    const acts: (() => void)[] = []
    const [one, two] = [1, 2].map(() => ask(() => new Promise<void>((done) => acts.push(done))))
    expect(busy.value).toBe(true)
    acts[0]!()
    await one
    expect(busy.value).toBe(true)
    acts[1]!()
    await two
    expect(busy.value).toBe(false)
  })
})
