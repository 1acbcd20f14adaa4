/** A list that comes page by page: read anew when what is asked for changes, and only the newest question's answer is shown. */
import { onMounted, onScopeDispose, ref, shallowRef, watch, type WatchSource } from 'vue'
import type { useAsk } from './asking'

interface Page<R> {
  items: readonly R[]
  next_cursor?: string | null
}
const PAUSE = 150

/** `rows` are null until the first answer; `answer` is the newest page whole, with whatever else it says. */
export function usePages<P extends Page<unknown>>(
  ask: ReturnType<typeof useAsk>['ask'],
  page: (cursor: string | null) => Promise<P>,
  asked: readonly WatchSource<unknown>[] = [],
) {
  type R = P['items'][number]
  const rows = shallowRef<R[] | null>(null)
  const answer = shallowRef<P | null>(null)
  const cursor = ref<string | null>(null)
  let newest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Null when another question was asked meanwhile, also where this one failed: its trouble is nobody's any more. */
  async function still(mine: number, from: string | null): Promise<P | null> {
    try {
      const found = await page(from)
      return mine === newest ? found : null
    } catch (wrong) {
      if (mine === newest) throw wrong
      return null
    }
  }

  async function read(more = false): Promise<void> {
    const from = more ? cursor.value : null
    if (more && from === null) return
    const mine = ++newest
    const found = await ask(() => still(mine, from))
    if (!found) return
    rows.value = more ? [...(rows.value ?? []), ...found.items] : [...found.items]
    cursor.value = found.next_cursor ?? null
    answer.value = found
  }

  onMounted(() => void read())
  watch([...asked], () => {
    // What is shown goes on with the old question: nothing follows it until the new one is answered.
    newest += 1
    cursor.value = null
    clearTimeout(timer)
    timer = setTimeout(() => void read(), PAUSE)
  })
  onScopeDispose(() => clearTimeout(timer))
  return { rows, answer, cursor, read }
}
