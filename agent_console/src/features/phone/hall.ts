/** The hall, kept true over the socket: telephones, open calls, and today's numbers asked again when something has happened. */
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { openCalls, seats as readSeats } from '@/api/calls'
import * as server from '@/api/phone'
import { seatKey, withCall, type Call, type Seat } from '@/rules/call'
import { hall, withSeat } from '@/rules/seats'
import { useLive } from '@/stores/live'
import { useReading } from '@/stores/reading'

const AFTER_NEWS = 1_000
const EVERY = 10_000

export function useHall() {
  const wall = useReading(server.wall, EVERY)
  const seats = shallowRef<ReadonlyMap<string, Seat>>(new Map())
  const calls = shallowRef<ReadonlyMap<string, Call>>(new Map())
  const reasons = shallowRef<Record<string, string>>({})
  const telephone = ref(true)
  const now = ref(Date.now())
  const ticking = setInterval(() => (now.value = Date.now()), 1_000)
  let soon: ReturnType<typeof setTimeout> | undefined
  const refresh = () => (soon ??= setTimeout(() => ((soon = undefined), void wall.read()), AFTER_NEWS))

  async function read(): Promise<void> {
    const [told, open] = await Promise.all([readSeats(), openCalls()])
    seats.value = new Map((told.items as Seat[]).map((one) => [seatKey(one), one]))
    calls.value = new Map(open.items.map((one) => [one.id, one]))
    reasons.value = told.reasons
    telephone.value = told.telephone
  }

  useLive().listen({
    phone: (event) => {
      if (event.type === 'call.changed') calls.value = withCall(calls.value, event.call)
      else if (event.type === 'seat.changed') seats.value = withSeat(seats.value, event.seat)
      refresh()
    },
    stale: () => void read(),
  })
  onScopeDispose(() => {
    clearInterval(ticking)
    clearTimeout(soon)
  })
  void read().catch(() => undefined)
  return { wall, calls, reasons, telephone, now, seats: computed(() => hall(seats.value.values())), read }
}
