/** The telephone at the desk: a call that is answered opens its sheet, one that ends begins its writing-up. */
import { nextTick, watch } from 'vue'
import { talkSince } from '@/rules/call'
import type { useDrafts } from '@/stores/drafts'
import { useTelephone } from '@/stores/telephone'

export function useTelephoneHere(drafts: ReturnType<typeof useDrafts>, toText: () => void) {
  const phone = useTelephone()

  watch(
    () => (phone.mine?.direction === 'in' ? phone.mine.id : null),
    (id) => {
      const call = phone.mine
      if (!id || !call) return
      drafts.ofCall(id, call.citizen, Date.parse(talkSince(call, phone.me)))
      void nextTick(toText)
    },
    { immediate: true },
  )
  /** Whoever hung up: from here on it is written up. */
  watch(
    [() => phone.mine?.id, () => phone.about],
    () => {
      if (!phone.about || !phone.heard) return
      for (const draft of drafts.all) if (draft.call && !phone.goesOn(draft.call)) draft.hungUp ??= Date.now()
    },
    { immediate: true },
  )

  /** One more request of the same caller in the same call. */
  function another(): void {
    const { call, phone: number, name } = drafts.current!
    if (!call) return
    const fresh = drafts.ofCall(call, number, Date.now(), true)
    if (fresh) fresh.name = name
    void nextTick(toText)
  }

  /** Nothing came of it: a wrong number, a silent line. */
  function nothing(): void {
    const draft = drafts.current!
    if (draft.call && !draft.content.trim()) drafts.discard(draft)
  }

  /** What was to be written is written: the next call may come. */
  function written(call: string | null): void {
    const more = drafts.all.some((draft) => draft.call === call && !draft.waiting)
    if (call && !more && phone.seat?.state === 'wrap_up') void phone.ask('ready')
  }

  return { another, nothing, written }
}
