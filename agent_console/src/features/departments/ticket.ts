/** The ticket that is open: read whole, read again when something happened to it. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { ApiError, sentence } from '@/api/http'
import * as server from '@/api/departments'
import type { AttachmentView, ContactLine, TicketView } from '@/api/departments'
import { useLive } from '@/stores/live'
import { useSession } from '@/stores/session'

export type Ticket = TicketView['ticket']
export type Share = Ticket['assignments'][number]

export function useTicket(id: Ref<number | null>) {
  const session = useSession()
  const view = shallowRef<TicketView | null>(null)
  const contacts = shallowRef<ContactLine[]>([])
  const files = shallowRef<AttachmentView[]>([])
  const error = ref('')
  const live = useLive()
  let reading: AbortController | null = null

  async function load(): Promise<void> {
    reading?.abort()
    const wanted = id.value
    if (wanted === null) {
      view.value = null
      return
    }
    const mine = (reading = new AbortController())
    if (view.value?.ticket.id !== wanted) view.value = null
    error.value = ''
    try {
      const [seen, spoken, put] = await Promise.all([
        server.ticket(wanted, mine.signal),
        server.contacts(wanted, mine.signal),
        server.files(wanted, mine.signal),
      ])
      if (mine.signal.aborted) return
      view.value = seen
      contacts.value = spoken.items
      files.value = put.items
    } catch (wrong) {
      if (mine.signal.aborted) return
      view.value = null
      error.value = wrong instanceof ApiError && wrong.status === 404 ? 'gone' : sentence(wrong)
    }
  }

  /** The share this person's unit works on: its own first, then one passed down below it. */
  const share = computed<Share | null>(() => {
    const active = (view.value?.ticket.assignments ?? []).filter((one) => ACTIVE.includes(one.stage))
    const unit = session.person?.unit?.id
    return (
      active.find((one) => one.unit_id === unit) ??
      active.find((one) => unit != null && one.unit_path.includes(unit)) ??
      null
    )
  })

  watch(
    id,
    (now, before) => {
      if (before != null) live.leave(before)
      if (now !== null) live.look(now)
      void load()
    },
    { immediate: true },
  )
  live.listen({
    moved: (event) => event.ticket.id === id.value && event.version > (view.value?.ticket.version ?? 0) && void load(),
    stale: () => void load(),
  })
  onScopeDispose(() => {
    reading?.abort()
    if (id.value !== null) live.leave(id.value)
  })
  return { view, contacts, files, share, error, load }
}

export const ACTIVE: readonly string[] = ['to_sign', 'in_hand', 'return_review', 'replied', 'refused']
