/** The inbox: how many are unread, the newest of them, and what one has read. Asked again when the live feed tells of a line
 * that somebody must hear of, and now and then. */
import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import * as server from '@/api/notices'
import type { Notice } from '@/api/notices'
import { asRead } from '@/rules/notice'
import { useLive } from './live'
import { useSession } from './session'

const NEWEST = 12
const EVERY = 60_000
/** The notice is made a moment after the line it tells of. */
const SOON = 2_500
const TELLING = new Set(['mark_deadline', 'urge', 'supervise', 'decide_appeal', 'decide_exclusion'])

export const useNotices = defineStore('notices', () => {
  const session = useSession()
  const items = ref<Notice[]>([])
  const unread = ref(0)
  const failed = ref(false)
  let later: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    if (!session.signedIn) return
    try {
      const found = await server.inbox({ limit: NEWEST })
      items.value = found.items
      unread.value = found.unread
      failed.value = false
    } catch {
      failed.value = true
    }
  }

  function soon(): void {
    clearTimeout(later)
    later = setTimeout(() => void load(), SOON)
  }

  const seenAt = () => new Date().toISOString()

  async function read(numbers: readonly number[]): Promise<void> {
    const fresh = items.value.filter((one) => numbers.includes(one.told.number))
    items.value = items.value.map((one) => (fresh.includes(one) ? asRead(one, seenAt()) : one))
    unread.value = (await server.read([...numbers])).unread
  }

  /** Only what has been shown: what comes meanwhile stays unread. */
  async function readAll(): Promise<void> {
    const newest = items.value[0]
    if (!newest) return
    unread.value = (await server.readAll(newest.told.number)).unread
    items.value = items.value.map((one) => asRead(one, seenAt()))
  }

  useLive().listen({
    moved: (event) => {
      if (TELLING.has(event.event)) soon()
    },
    stale: soon,
  })
  const timer = setInterval(() => void load(), EVERY)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(later)
  })

  return { items, unread, failed, load, read, readAll }
})
