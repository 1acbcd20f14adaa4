import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/http'
import { useDrafts } from './drafts'
import { useSession } from './session'

const { logCall } = vi.hoisted(() => ({ logCall: vi.fn() }))
vi.mock('@/api/intake', () => ({ logCall }))

const LOGGED = { ticket_id: 202611230000001, query_code: 'ABCDEFGHJK', version: 3, state: 'registered', similar: [] }
const DISPATCH = { as: 'dispatch' } as const
const away = () => new ApiError(0, 'network', '网络中断')

function signIn(id: number): void {
  useSession().who = { person: { id, name: '林晓', username: 'agent', roles: ['agent'], unit: null } } as never
}

function desk(id = 7) {
  signIn(id)
  const drafts = useDrafts()
  drafts.takeUp(id)
  return drafts
}

beforeEach(() => {
  const all = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    get length() {
      return all.size
    },
    key: (at: number) => [...all.keys()][at] ?? null,
    getItem: (name: string) => all.get(name) ?? null,
    setItem: (name: string, text: string) => void all.set(name, text),
    removeItem: (name: string) => void all.delete(name),
  })
  setActivePinia(createPinia())
  logCall.mockReset()
  vi.useFakeTimers()
})

describe('the calls of one person', () => {
  it('a call that the server has is gone from here, and its number is shown', async () => {
    const drafts = desk()
    drafts.current!.content = '人民路东段路灯不亮三天了。'
    logCall.mockResolvedValue(LOGGED)
    expect(await drafts.end(drafts.current!, DISPATCH)).toBe(true)
    expect(drafts.sent[0]).toMatchObject({ id: LOGGED.ticket_id, late: false })
    expect(drafts.current!.content).toBe('')
    expect(localStorage.length).toBe(0)
  })

  it('without a network it waits here, and goes out by itself, the same message once more', async () => {
    const drafts = desk()
    drafts.current!.content = '人民路东段路灯不亮三天了。'
    logCall.mockRejectedValueOnce(away()).mockRejectedValueOnce(away()).mockResolvedValue(LOGGED)
    expect(await drafts.end(drafts.current!, DISPATCH)).toBe(false)
    expect([drafts.waiting.length, drafts.current!.content]).toEqual([1, ''])
    await vi.advanceTimersByTimeAsync(11_000)
    expect(drafts.waiting).toEqual([])
    expect(drafts.sent[0]).toMatchObject({ late: true })
    const messages = logCall.mock.calls.map(([message]) => JSON.stringify(message))
    expect(new Set(messages).size).toBe(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(logCall).toHaveBeenCalledTimes(3)
  })

  it('a call that was refused comes back to be mended, with the reason', async () => {
    const drafts = desk()
    drafts.current!.content = '人民路东段路灯不亮三天了。'
    const key = drafts.currentKey
    logCall.mockRejectedValueOnce(away()).mockRejectedValue(new ApiError(422, 'invalid_input', '没有分类 99。'))
    await drafts.end(drafts.current!, DISPATCH)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(drafts.currentKey).toBe(key)
    expect(drafts.current).toMatchObject({ refused: '没有分类 99。', waiting: null })
  })

  it('what one person wrote never goes out under another’s name', async () => {
    const drafts = desk(7)
    drafts.current!.content = '人民路东段路灯不亮三天了。'
    logCall.mockRejectedValueOnce(away()).mockResolvedValue(LOGGED)
    await drafts.end(drafts.current!, DISPATCH)
    signIn(8)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(logCall).toHaveBeenCalledTimes(1)
    drafts.takeUp(8)
    expect(drafts.all.map((draft) => draft.content)).toEqual([''])
    signIn(7)
    drafts.takeUp(7)
    await vi.advanceTimersByTimeAsync(1)
    expect(logCall).toHaveBeenCalledTimes(2)
  })

  it('a second call parks the first; a sheet that is still blank is not doubled', () => {
    const drafts = desk()
    drafts.next('13912345678')
    expect(drafts.open).toHaveLength(1)
    drafts.current!.content = '第一个电话'
    drafts.next()
    drafts.current!.content = '第二个电话'
    drafts.turn()
    expect([drafts.open.length, drafts.current!.content]).toEqual([2, '第一个电话'])
  })

  it('two pops of one call are one sheet, here and in a second window; a sent one does not come back', async () => {
    const drafts = desk()
    const first = drafts.ofCall('pbx:1', '13900000001', Date.now())!
    first.content = '人民路东段路灯不亮三天了。'
    expect(drafts.ofCall('pbx:1', '13900000001', Date.now())).toBe(first)
    expect(drafts.open.map((one) => [one.key, one.call])).toEqual([['pbx:1', 'pbx:1']])
    drafts.save()
    setActivePinia(createPinia())
    const other = desk()
    expect(other.ofCall('pbx:1', '13900000001', Date.now())!.content).toBe(first.content)
    expect(other.open).toHaveLength(1)
    logCall.mockResolvedValue(LOGGED)
    await other.end(other.current!, DISPATCH)
    expect(logCall.mock.calls[0]![0]).toMatchObject({ call_id: 'pbx:1', external_id: 'desk-pbx:1' })
    expect(other.ofCall('pbx:1', '13900000001', Date.now())).toBeNull()
  })

  it('a second request in one call is a sheet of its own with the same call', () => {
    const drafts = desk()
    drafts.ofCall('pbx:1', '13900000001', Date.now())!.content = '路灯不亮。'
    const second = drafts.ofCall('pbx:1', '13900000001', Date.now(), true)!
    expect([second.key, second.call, second.phone]).toEqual(['pbx:1#2', 'pbx:1', '13900000001'])
    expect(drafts.open).toHaveLength(2)
    expect(drafts.current!.key).toBe('pbx:1#2')
  })
})
