/** The one connection of this page: who is where, how the link stands, and whom to tell of what happens. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { api, address } from '@/api/http'
import { apply, EMPTY, type Board } from '@/live/apply'
import type { LiveEvent, Moved, Page, Person, PhoneEvent } from '@/live/events'
import { LiveLink, type Link, type Wire } from '@/live/socket'

export interface Listener {
  moved?: (event: Moved) => void
  /** Too much was missed: read again. */
  stale?: () => void
  presence?: (ticket: number, people: Person[]) => void
  /** Something of the telephone: a call, a seat, the link. */
  phone?: (event: PhoneEvent) => void
}

/** Rows are kept by whoever shows them; here only place, mode and people. */
function withoutRows(board: Board): Board {
  return board.tickets.size ? { ...board, tickets: EMPTY.tickets } : board
}

function wire(since: number | null): Wire {
  const url = new URL(address('/live', { since }), window.location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return new WebSocket(url) as Wire
}

export const useLive = defineStore('live', () => {
  const board = shallowRef<Board>(EMPTY)
  const link = ref<Link>({ state: 'connecting' })
  const listeners = new Set<Listener>()
  const refusal = ref<{ ticket: number; message: string } | null>(null)
  let running = false

  const connection = new LiveLink(
    {
      open: wire,
      ask: (since) => api.get<Page>('/live', { since }),
      now: Date.now,
      later: (run, ms) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      chance: Math.random,
    },
    { events: (events) => events.forEach(take), link: (now) => (link.value = now) },
  )

  function take(event: LiveEvent): void {
    board.value = withoutRows(apply(board.value, event))
    if (event.type === 'ticket.moved') for (const one of [...listeners]) one.moved?.(event)
    if (event.type === 'ticket.presence')
      for (const one of [...listeners]) one.presence?.(event.ticket_id, event.people)
    if (event.type === 'call.changed' || event.type === 'seat.changed' || event.type === 'phone.link')
      for (const one of [...listeners]) one.phone?.(event)
    if (event.type === 'refused') refusal.value = { ticket: event.ticket_id, message: event.message }
    if (event.type === 'snapshot_needed') {
      for (const one of [...listeners]) one.stale?.()
      board.value = { ...board.value, stale: false }
    }
  }

  const hurry = () => connection.hurry()
  const seen = () => document.visibilityState === 'visible' && connection.hurry()

  function start(): void {
    if (running) return
    running = true
    board.value = EMPTY
    window.addEventListener('online', hurry)
    document.addEventListener('visibilitychange', seen)
    connection.start()
  }

  function stop(): void {
    running = false
    window.removeEventListener('online', hurry)
    document.removeEventListener('visibilitychange', seen)
    connection.stop()
    link.value = { state: 'connecting' }
    board.value = EMPTY
  }

  /** Hears until the calling component or store is gone. */
  function listen(listener: Listener): () => void {
    listeners.add(listener)
    const leave = () => void listeners.delete(listener)
    onScopeDispose(leave, true)
    return leave
  }

  const present = (ticket: number): Person[] => board.value.presence.get(ticket) ?? []
  const number = computed(() => board.value.number)

  return {
    link,
    number,
    refusal,
    present,
    start,
    stop,
    listen,
    look: (id: number) => connection.look(id, 'look'),
    edit: (id: number) => connection.look(id, 'edit'),
    leave: (id: number) => connection.leave(id),
  }
})
