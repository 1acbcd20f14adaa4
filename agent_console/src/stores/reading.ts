/** Something that is read from the server and shown: the last answer stays while the next is on its way. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sentence } from '@/api/http'

export interface Reading<T> {
  value: ShallowRef<T | null>
  /** What went wrong with the last asking; what is shown may be old. */
  failed: Ref<string>
  busy: Ref<boolean>
  read: () => Promise<void>
  /** Something else is asked for: what was shown is no answer to it. */
  anew: () => Promise<void>
}

/** `every`: asks again after so many milliseconds, while the page is in view. */
export function useReading<T>(load: (signal: AbortSignal) => Promise<T>, every = 0): Reading<T> {
  const value = shallowRef<T | null>(null)
  const failed = ref('')
  const busy = ref(false)
  let current: AbortController | null = null

  async function read(): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    busy.value = true
    try {
      const answered = await load(mine.signal)
      if (mine.signal.aborted) return
      value.value = answered
      failed.value = ''
    } catch (error) {
      if (!mine.signal.aborted) failed.value = sentence(error)
    } finally {
      if (current === mine) busy.value = false
    }
  }

  function anew(): Promise<void> {
    value.value = null
    failed.value = ''
    return read()
  }

  const timer = every
    ? setInterval(() => document.visibilityState === 'visible' && !busy.value && void read(), every)
    : 0
  onScopeDispose(() => {
    clearInterval(timer)
    current?.abort()
  })
  void read()
  return { value, failed, busy, read, anew }
}
