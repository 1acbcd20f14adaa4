/** The card on the desk and the one behind it, so that nobody waits between two calls. */
import { onScopeDispose, ref, shallowRef } from 'vue'
import { sentence } from '@/api/http'
import * as server from '@/api/callback'
import type { Card } from '@/api/callback'
import { useLive } from '@/stores/live'

const GATHER = 1500

export function useCards() {
  const card = shallowRef<Card | null>(null)
  const ahead = shallowRef<Card | null>(null)
  const ready = ref(0)
  const coming = ref<string | null>(null)
  const loading = ref(true)
  const error = ref('')
  const skipped: string[] = []
  let asking: Promise<void> | null = null
  /** Whoever changed the card last; an answer to an earlier wish comes too late and is dropped. */
  let wish = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<Card | null> {
    const keep = [card.value, ahead.value].flatMap((one) => (one ? [one.id] : []))
    const found = await server.next(keep, skipped)
    ready.value = found.ready
    coming.value = found.coming
    return found.card
  }

  /** The next card, while this one is still spoken about. */
  function prefetch(): Promise<void> {
    asking ??= ask()
      .then((found) => void (ahead.value = found))
      .catch(() => undefined)
      .finally(() => (asking = null))
    return asking
  }

  async function turn(): Promise<void> {
    const mine = ++wish
    await asking
    if (mine !== wish) return
    const fetched = (card.value = ahead.value)
    ahead.value = null
    loading.value = card.value === null
    error.value = ''
    try {
      const found = card.value ?? (await ask())
      if (mine === wish) card.value = found
    } catch (wrong) {
      if (mine === wish) error.value = sentence(wrong)
    } finally {
      if (mine === wish) loading.value = false
    }
    if (mine === wish && card.value) void prefetch()
    if (mine === wish && fetched?.also.length) void renew(fetched)
  }

  /** 联办回访: fetched before the call that it shares was over, it still tells of the matter that has just been asked. */
  async function renew(old: Card): Promise<void> {
    const found = await server.card(old.id).catch(() => null)
    if (found && card.value === old) card.value = found
  }

  function skip(): Promise<void> {
    if (card.value) skipped.push(card.value.id)
    return turn()
  }

  /** A card chosen from the list, or the same one anew; what lies ahead stays. */
  async function open(id: string): Promise<void> {
    const mine = ++wish
    error.value = ''
    try {
      const found = await server.card(id)
      if (mine !== wish) return
      card.value = found
      loading.value = false
      if (!ahead.value || ahead.value.id === id) {
        ahead.value = null
        void prefetch()
      }
    } catch (wrong) {
      if (mine !== wish) return
      error.value = sentence(wrong)
      card.value = null
      loading.value = false
    }
  }

  async function again(): Promise<void> {
    if (card.value) await open(card.value.id)
  }

  /** Something happened somewhere: an empty desk looks whether there is a card now. */
  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void (card.value === null && !loading.value && turn()), GATHER)
  }
  useLive().listen({
    moved: (event) => {
      const mine = event.ticket.id === card.value?.ticket_id
      if (mine && event.ticket.state === 'callback' && event.version > (card.value?.version ?? 0)) void again()
      else soon()
    },
    stale: soon,
  })
  const every = setInterval(soon, 60_000)
  onScopeDispose(() => {
    clearTimeout(timer)
    clearInterval(every)
  })
  void turn()
  return { card, ahead, ready, coming, loading, error, turn, skip, open, again }
}
