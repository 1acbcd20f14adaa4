/** The telephone of this person: what rings, what they have, how their seat stands. It never stands in the way of writing. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import * as server from '@/api/calls'
import { sentence } from '@/api/http'
import { current, readAnew, ringing, seatKey, stageOf, withCall, type Call, type Link, type Seat } from '@/rules/call'
import { byItself } from '@/rules/receiver'
import { useLive } from './live'
import { useReceiver } from './receiver'
import { useSession } from './session'

const ROLES = ['agent', 'shift_leader', 'dispatcher', 'callback', 'secret_callback', 'supervisor', 'centre_leader']
const ASK_EVERY = 4_000
const SHOWN = 9_000

export const useTelephone = defineStore('telephone', () => {
  const live = useLive()
  const receiver = useReceiver()
  const session = useSession()
  const calls = shallowRef<ReadonlyMap<string, Call>>(new Map())
  const seat = shallowRef<Seat | null>(null)
  const link = shallowRef<Link | null>(null)
  const about = shallowRef<server.Seats | null>(null)
  /** The last call of mine that ended, as it ended. */
  const ended = shallowRef<Call | null>(null)
  const busy = ref<server.PhoneVerb | ''>('')
  const fault = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let quiet: ReturnType<typeof setTimeout> | undefined
  let last: Promise<void> = Promise.resolve()

  const me = computed(() => session.person?.id ?? 0)
  const may = computed(() => session.has(...ROLES) && !session.mustChangePassword)
  const connected = computed(() => about.value?.telephone ?? false)
  /** Whether what happens on the exchange is heard; without word of a link (a bridge) it is taken to be. */
  const heard = computed(() => link.value?.up ?? true)
  const rings = computed(() => ringing(calls.value.values(), me.value, heard.value))
  const mine = computed(() => current(calls.value.values(), me.value))
  const stage = computed(() => {
    const told = mine.value ? stageOf(mine.value, me.value) : null
    return told === 'talking' && receiver.talk?.held ? 'held' : told
  })
  const muted = computed(() => {
    if (receiver.talk?.stage === 'talks') return receiver.talk.muted
    return mine.value !== null && seat.value?.muted === mine.value.id
  })
  /** The exchange does it, or the browser that is the telephone. */
  const can = (verb: server.PhoneVerb) =>
    byItself(verb, receiver.talk) ||
    (verb === 'answer' && receiver.state === 'ready') ||
    (about.value?.verbs.includes(verb) ?? false)
  const signedIn = computed(() => seat.value !== null)

  live.listen({
    phone: (event) => {
      if (!may.value) return
      if (event.type === 'call.changed') takeCall(event.call)
      else if (event.type === 'phone.link') link.value = event.link
      else takeSeat(event.seat)
    },
  })

  function takeCall(call: Call): void {
    const known = calls.value.get(call.id)
    calls.value = withCall(calls.value, call)
    if (call.ended_at !== null && call.person_id === me.value && known) ended.value = call
  }

  function takeSeat(told: Seat): void {
    const before = seat.value
    if (before && told.number < before.number && seatKey(told) === seatKey(before)) return
    if (told.person_id === me.value) seat.value = told
    else if (before && seatKey(told) === seatKey(before)) seat.value = null
  }

  /** A call of mine that ended while nobody told. */
  async function lookAfter(one: Call): Promise<void> {
    if (one.person_id !== me.value) return
    const { call } = await server.oneCall(one.id).catch(() => ({ call: null }))
    if (call?.ended_at) ended.value = call as Call
  }

  /** Reads all anew: after a break nobody tells of what has ended meanwhile. */
  async function refresh(): Promise<void> {
    if (!may.value) return
    const before = { seat: seat.value, calls: calls.value }
    const [told, { items }] = await Promise.all([server.seats(), server.openCalls()])
    about.value = told
    // What was told while we asked is newer than the answer.
    if (told.mine) takeSeat(told.mine as Seat)
    else if (seat.value === before.seat) seat.value = null
    link.value = told.links.find((one) => !seat.value || one.provider === seat.value.provider) ?? null
    if (!told.telephone) return
    const gone = [...before.calls.values()].filter((one) => !items.some((call) => call.id === one.id))
    for (const one of gone) void lookAfter(one)
    calls.value = readAnew(before.calls, calls.value, items)
  }

  /** While nobody tells, somebody asks. */
  function watchOver(): void {
    clearTimeout(timer)
    if (!may.value || live.link.state === 'signed_out') return
    void refresh().catch(() => undefined)
    if (live.link.state !== 'live') timer = setTimeout(watchOver, ASK_EVERY)
  }
  watch([() => live.link.state, me, may], watchOver, { immediate: true })

  /** The seat's own telephone may be this browser. */
  watch(
    () => (may.value && about.value?.own.browser ? (seat.value?.extension ?? '') : ''),
    (extension) => receiver.sit(extension),
    { immediate: true },
  )

  function say(words: string): void {
    fault.value = words
    clearTimeout(quiet)
    if (words) quiet = setTimeout(() => (fault.value = ''), SHOWN)
  }

  /** True when it was done, or is under way. The same `key` is the same command. */
  async function ask(
    verb: server.PhoneVerb,
    more: Omit<server.Command, 'key' | 'verb'> = {},
    key: string = crypto.randomUUID(),
  ): Promise<string | null> {
    // Pressed twice it is once; another verb waits for its turn.
    if (busy.value === verb) return null
    if (verb === 'answer' && receiver.state === 'ready' && !receiver.talk) await receiver.comes()
    if (byItself(verb, receiver.talk, more.kind) && more.person_id === undefined) {
      receiver.does(verb)
      return key
    }
    const turn = last
    let done = () => {}
    last = new Promise((resolve) => (done = resolve))
    await turn
    busy.value = verb
    say('')
    if (verb === 'dial' || verb === 'listen') receiver.expect()
    try {
      const told = await server.command({ key, verb, ...more })
      if (['sign_in', 'sign_out', 'extend'].includes(verb)) await refresh()
      return told.call || told.key
    } catch (error) {
      say(sentence(error))
      receiver.unexpect()
      return null
    } finally {
      busy.value = ''
      done()
    }
  }

  /** Of the call that I have. */
  const act = (verb: server.PhoneVerb, more: Omit<server.Command, 'key' | 'verb'> = {}) =>
    mine.value ? ask(verb, { call: mine.value.id, ...more }) : Promise.resolve(null)

  /** Whether a call that was mine goes on with me. */
  const goesOn = (id: string) => mine.value?.id === id

  return {
    me,
    may,
    connected,
    heard,
    link,
    about,
    seat,
    signedIn,
    rings,
    mine,
    stage,
    muted,
    busy,
    fault,
    calls,
    ended,
    can,
    ask,
    act,
    goesOn,
    refresh,
    say,
  }
})
