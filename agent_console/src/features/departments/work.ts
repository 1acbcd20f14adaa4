/** The unit's list: one tab at a time, the numbers of all tabs with it, and kept true by what happens. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { sentence } from '@/api/http'
import * as server from '@/api/departments'
import type { Tab, Work } from '@/api/departments'
import { useLive } from '@/stores/live'

export type Row = Work & { id: number }
export type Counts = server.WorkPage['counts']
/** Events of this time are answered by one reading. */
const GATHER = 400

export function useWork(tab: Ref<Tab>) {
  const rows = shallowRef<Row[]>([])
  const counts = shallowRef<Counts | null>(null)
  const cursor = ref<string | null>(null)
  const loading = ref(true)
  const error = ref('')
  let reading: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function read(from: string | null): Promise<void> {
    reading?.abort()
    const mine = (reading = new AbortController())
    loading.value = true
    error.value = ''
    try {
      const page = await server.work(tab.value, from, mine.signal)
      const fresh = page.items.map((row) => ({ ...row, id: row.ticket_id }))
      rows.value = from ? [...rows.value, ...fresh] : fresh
      counts.value = page.counts
      cursor.value = page.next_cursor
    } catch (wrong) {
      if (!mine.signal.aborted) error.value = sentence(wrong)
    } finally {
      if (reading === mine) loading.value = false
    }
  }

  const load = () => read(null)
  const more = async () => {
    if (cursor.value && !loading.value) await read(cursor.value)
  }
  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), GATHER)
  }

  watch(
    tab,
    () => {
      rows.value = []
      void load()
    },
    { immediate: true },
  )
  useLive().listen({ moved: soon, stale: soon })
  onScopeDispose(() => {
    clearTimeout(timer)
    reading?.abort()
  })
  return { rows, counts, loading, error, load, more, hasMore: computed(() => cursor.value !== null) }
}
