import { afterEach, describe, expect, it, vi } from 'vitest'
import { api } from './http'

describe('a message to the server', () => {
  const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>()
  afterEach(() => vi.unstubAllGlobals())

  async function keptAlive(send: () => Promise<unknown>): Promise<boolean | undefined> {
    asked.mockReset().mockResolvedValue(new Response(null, { status: 204 }))
    vi.stubGlobal('fetch', asked)
    await send()
    return asked.mock.calls[0]![1].keepalive
  }

  it('goes on when the page is left in the same moment', async () => {
    expect(await keptAlive(() => api.post('/tickets', { title: '路灯不亮' }))).toBe(true)
  })

  it('is held by its page where browsers would refuse its length, or nothing is changed by it', async () => {
    expect(await keptAlive(() => api.post('/tickets', { content: '长'.repeat(20_000) }))).toBe(false)
    expect(await keptAlive(() => api.get('/tickets'))).toBe(false)
  })
})
