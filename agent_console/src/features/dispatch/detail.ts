/** The ticket on the right: letter, sheet, return under review. The next one is read before it is wanted. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { sentence } from '@/api/http'
import * as server from '@/api/dispatch'
import type { PoolRow, Review, Sheet } from '@/api/dispatch'
import { ticketSurroundings } from '@/api/tickets'
import type { HistoryView, Surroundings, TicketView } from '@/api/types'

export interface Detail {
  id: number
  version: number
  view: TicketView
  sheet: Sheet
  history: HistoryView
  review: Review | null
  around: Surroundings | null
}

const KEPT = 12

async function read(row: PoolRow): Promise<Detail> {
  const inReview = row.state === 'return_review'
  const [view, sheet, history, review, around] = await Promise.all([
    server.letter(row.id),
    server.sheet(row.id),
    server.history(row.id),
    inReview ? server.review(row.id).catch(() => null) : null,
    ticketSurroundings(row.id).catch(() => null),
  ])
  return { id: row.id, version: view.ticket.version, view, sheet, history, review, around }
}

export function useDetail(current: Ref<number | null>, rows: Ref<readonly PoolRow[]>) {
  const known = new Map<string, Promise<Detail>>()
  const shown = shallowRef<Detail | null>(null)
  const error = ref('')
  const row = computed(() => rows.value.find((one) => one.id === current.value) ?? null)

  function ask(of: PoolRow): Promise<Detail> {
    const key = `${of.id}.${of.version}`
    const asked = known.get(key) ?? read(of)
    known.delete(key)
    known.set(key, asked)
    asked.catch(() => known.delete(key))
    for (const old of [...known.keys()].slice(0, Math.max(0, known.size - KEPT))) known.delete(old)
    return asked
  }

  watch(
    () => (row.value ? `${row.value.id}.${row.value.version}` : ''),
    async (key) => {
      const wanted = row.value
      error.value = ''
      if (!wanted) {
        shown.value = null
        return
      }
      // Another ticket's letter is never shown under this one's number.
      if (shown.value && shown.value.id !== wanted.id) shown.value = null
      try {
        const detail = await ask(wanted)
        if (row.value && `${row.value.id}.${row.value.version}` === key) shown.value = detail
      } catch (wrong) {
        if (row.value?.id === wanted.id) error.value = sentence(wrong)
      }
      const next = rows.value[rows.value.findIndex((one) => one.id === wanted.id) + 1]
      if (next) void ask(next).catch(() => undefined)
    },
    { immediate: true },
  )

  function again(): void {
    known.clear()
    const wanted = row.value
    if (wanted)
      void ask(wanted).then(
        (detail) => (shown.value = detail),
        (wrong) => (error.value = sentence(wrong)),
      )
  }

  return { shown, error, row, again }
}
