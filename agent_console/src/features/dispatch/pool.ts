/** The pool on the screen: one tab of it under its filters, its counts, kept true by what happens. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import * as server from '@/api/dispatch'
import type { Pool, PoolCounts, PoolRow } from '@/api/dispatch'
import { useLive } from '@/stores/live'
import { useQueue, type Queue } from '@/stores/queue'
import { byClock, mayHold, query, type Filters, type Tab } from './filters'

const RECOUNT = 1_500

export function usePool() {
  const live = useLive()
  const tab = ref<Tab>('to_dispatch')
  const filters = ref<Filters>({})
  const counts = shallowRef<PoolCounts['counts'] | null>(null)
  const today = shallowRef<PoolCounts['today'] | null>(null)
  /** On their way to a unit: still in the server's pool, no longer in ours. */
  const leaving = ref<ReadonlySet<number>>(new Set())

  function ask(more: Record<string, string | number | null>, signal?: AbortSignal): Promise<Pool> {
    return server.pool(query(tab.value, filters.value, more), signal)
  }

  const queue: Queue<PoolRow> = useQueue<PoolRow>({
    page: (cursor, signal) => ask({ cursor, limit: 100 }, signal),
    one: async (id) => (await ask({ ticket: id })).items[0] ?? null,
    judge: (event) => {
      const { id, state } = event.ticket
      if (mayHold('mine', state) || event.event === 'dispatch' || queue.list.value.rows.has(id)) recount()
      if (mayHold(tab.value, state)) return 'ask'
      return queue.list.value.rows.has(id) ? null : 'skip'
    },
    order: byClock,
  })
  async function count(): Promise<void> {
    // A figure that could not be read stays as it was; the list says when the link is down.
    const found = await server.counts().catch(() => null)
    counts.value = found?.counts ?? counts.value
    today.value = found?.today ?? today.value
  }
  let counting: ReturnType<typeof setTimeout> | undefined

  /** The counts of all tabs, a moment later: a busy minute asks once. */
  function recount(): void {
    counting ??= setTimeout(() => {
      counting = undefined
      void count()
    }, RECOUNT)
  }
  onScopeDispose(() => clearTimeout(counting))
  // Who came or went may have claimed something or let it go.
  live.listen({ presence: (id) => queue.list.value.rows.has(id) && queue.refetch(id) })
  watch([tab, filters], () => void queue.restart(), { deep: true })

  const rows = computed(() =>
    queue.rows.value.filter((row) => !leaving.value.has(row.id) && mayHold(tab.value, row.state)),
  )

  function hide(id: number): void {
    leaving.value = new Set([...leaving.value, id])
  }

  function unhide(id: number): void {
    leaving.value = new Set([...leaving.value].filter((one) => one !== id))
    queue.refetch(id)
  }

  /** Decided: it is no part of the pool any more. */
  function gone(id: number): void {
    queue.remove(id)
    leaving.value = new Set([...leaving.value].filter((one) => one !== id))
    recount()
  }

  return { tab, filters, counts, today, rows, queue, hide, unhide, gone, count, recount }
}

export type PoolOnScreen = ReturnType<typeof usePool>
