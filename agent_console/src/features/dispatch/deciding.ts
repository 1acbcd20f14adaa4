/** What a dispatcher decides: sent after a moment in which it can be called back, or at once when a dialog was answered. */
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { ApiError, sentence } from '@/api/http'
import * as server from '@/api/dispatch'
import type { PoolRow } from '@/api/dispatch'
import type { Claims } from './claims'
import { post, type Parcel } from './outgoing'
import type { PoolOnScreen } from './pool'

export interface Notice {
  id: number
  title: string
  text: string
}

export interface Chosen {
  id: number
  name: string
}

export function useDeciding(pool: PoolOnScreen, claims: Claims, again: () => void) {
  const outgoing = shallowRef<Parcel | null>(null)
  const notices = ref<Notice[]>([])
  const busy = ref(false)
  const error = ref('')

  const office = post({
    shown: (parcel) => (outgoing.value = parcel),
    sent: (parcel) => {
      claims.settle(parcel.id)
      pool.gone(parcel.id)
    },
    refused: (parcel, reason) => {
      pool.unhide(parcel.id)
      void claims.letGo(parcel.id)
      complain(parcel.id, parcel.title, sentence(reason))
    },
  })

  function complain(id: number, title: string, text: string): void {
    notices.value = [{ id, title, text }, ...notices.value.filter((one) => one.id !== id)]
  }

  const forgive = (id: number) => (notices.value = notices.value.filter((one) => one.id !== id))

  function dispatch(row: PoolRow, unit: Chosen, assists: readonly number[], basis: string): void {
    forgive(row.id)
    claims.hold(row.id)
    const body = { version: row.version, unit_id: unit.id, assists, basis }
    office.put({
      id: row.id,
      title: row.title,
      unit: unit.name,
      send: (leaving) => server.act(row.id, 'dispatch', body, leaving),
    })
    pool.hide(row.id)
  }

  function undo(): number | null {
    const parcel = office.undo()
    if (parcel) {
      claims.unhold(parcel.id)
      pool.unhide(parcel.id)
    }
    return parcel?.id ?? null
  }

  /** A verb that was asked about in a dialog; what was typed stays there when it is refused. */
  async function decide(row: PoolRow, verb: string, body: Record<string, unknown>): Promise<boolean> {
    void office.flush()
    busy.value = true
    error.value = ''
    try {
      await server.act(row.id, verb, { version: row.version, ...body })
      forgive(row.id)
      claims.settle(row.id)
      pool.gone(row.id)
      return true
    } catch (wrong) {
      error.value = sentence(wrong)
      if (wrong instanceof ApiError && wrong.code === 'stale_version') {
        pool.queue.refetch(row.id)
        again()
      }
      return false
    } finally {
      busy.value = false
    }
  }

  const close = () => void office.flush(true)
  onMounted(() => window.addEventListener('pagehide', close))
  onBeforeUnmount(() => {
    window.removeEventListener('pagehide', close)
    void office.flush()
  })

  return { outgoing, notices, busy, error, dispatch, undo, decide, complain, forgive, flush: () => office.flush() }
}

export type Deciding = ReturnType<typeof useDeciding>
