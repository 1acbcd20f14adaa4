/** A list that stays true: pages from the server, rows by number, every event folded in.
 *
 * A desk makes one with `useQueue`, in the setup of its page. When an event says that a ticket changed, `judge` may say
 * from the event's own row what to do; otherwise the list asks the server for that one row. */
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { sentence } from '@/api/http'
import type { Moved } from '@/live/events'
import { anew, byNumber, empty, ordered, withPage, withRow, type List } from '@/rules/list'
import type { Numbered } from '@/rules/row'
import { useLive } from './live'

export interface Source<R extends Numbered> {
  /** One page; without a cursor the first. */
  page: (cursor: string | null, signal: AbortSignal) => Promise<{ items: R[]; next_cursor?: string | null }>
  /** The row of one ticket as this list would show it; null when it is not in the list. */
  one: (id: number) => Promise<R | null>
  /** What an event makes of the list: the row, `null` for "not in it", `'ask'` for "the server knows", `'skip'`. */
  judge?: (event: Moved) => R | null | 'ask' | 'skip'
  order?: (a: R, b: R) => number
}

export interface Queue<R extends Numbered> {
  rows: ComputedRef<R[]>
  loading: Ref<boolean>
  hasMore: ComputedRef<boolean>
  error: Ref<string>
  /** Has been read at least once. */
  ready: Ref<boolean>
  list: ShallowRef<List<R>>
  /** Reads again what is shown. */
  load: () => Promise<void>
  /** Another filter: begins from nothing. */
  restart: () => Promise<void>
  more: () => Promise<void>
  refetch: (id: number) => void
  remove: (id: number) => void
  put: (row: R) => void
}

/** Events of this time are asked for together. */
const GATHER = 150
/** More than this at once: reading the list anew costs less. */
const MANY = 40

export function useQueue<R extends Numbered>(source: Source<R>): Queue<R> {
  const live = useLive()
  const list = shallowRef<List<R>>(empty<R>())
  const loading = ref(false)
  const ready = ref(false)
  const error = ref('')
  const rows = computed(() => ordered(list.value, source.order ?? byNumber))
  const hasMore = computed(() => list.value.cursor !== null)
  const asked = new Set<number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading: AbortController | null = null
  let pages = 1
  /** Which question the list answers: a row fetched for an earlier one does not belong in it. */
  let question = 0
  /** Changed while the list was being read: what was read may be older. */
  const meanwhile = new Set<number>()

  async function read(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    reading?.abort()
    const mine = (reading = new AbortController())
    loading.value = true
    error.value = ''
    meanwhile.clear()
    try {
      await work(mine.signal)
      ready.value = true
    } catch (wrong) {
      if (!mine.signal.aborted) error.value = sentence(wrong)
    } finally {
      if (reading === mine) loading.value = false
    }
  }

  /** As many pages as are shown, so that nobody is thrown back to the top. */
  const load = () =>
    read(async (signal) => {
      const items: R[] = []
      let cursor: string | null = null
      for (let page = 0; page < pages; page++) {
        const found = await source.page(cursor, signal)
        items.push(...found.items)
        cursor = found.next_cursor ?? null
        if (cursor === null) break
      }
      list.value = anew(list.value, items, cursor)
      meanwhile.forEach(refetch)
    })

  const restart = () => {
    pages = 1
    question += 1
    list.value = empty<R>()
    ready.value = false
    return load()
  }

  const more = async () => {
    const { cursor } = list.value
    if (cursor === null || loading.value) return
    await read(async (signal) => {
      const found = await source.page(cursor, signal)
      list.value = withPage(list.value, found.items, found.next_cursor ?? null)
      pages += 1
    })
  }

  function put(row: R): void {
    // Beyond the last row that was read the list is not known: it comes with its page.
    list.value = withRow(list.value, row.id, row)
  }

  function refetch(id: number): void {
    asked.add(id)
    timer ??= setTimeout(() => void ask(), GATHER)
  }

  async function ask(): Promise<void> {
    timer = undefined
    const mine = question
    const wanted = [...asked]
    asked.clear()
    if (wanted.length > MANY) return load()
    await Promise.all(
      wanted.map(async (id) => {
        try {
          const row = await source.one(id)
          if (mine === question) list.value = withRow(list.value, id, row)
        } catch (wrong) {
          if (mine !== question) return
          if (status(wrong) === 404 || status(wrong) === 403) list.value = withRow(list.value, id, null)
          else error.value = sentence(wrong)
        }
      }),
    )
  }

  function moved(event: Moved): void {
    const verdict = source.judge?.(event) ?? (source.judge ? null : 'ask')
    if (verdict === 'skip') return
    if (loading.value) meanwhile.add(event.ticket.id)
    if (verdict === 'ask') return refetch(event.ticket.id)
    list.value = withRow(list.value, event.ticket.id, verdict)
  }

  live.listen({ moved, stale: () => void load() })
  onScopeDispose(() => {
    clearTimeout(timer)
    reading?.abort()
  }, true)

  function remove(id: number): void {
    if (loading.value) meanwhile.add(id)
    list.value = withRow(list.value, id, null)
  }
  return { rows, loading, hasMore, error, ready, list, load, restart, more, refetch, put, remove }
}

function status(wrong: unknown): unknown {
  return typeof wrong === 'object' && wrong !== null && 'status' in wrong ? wrong.status : undefined
}
