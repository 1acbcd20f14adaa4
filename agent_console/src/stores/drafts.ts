/** The calls of one person on this machine: what is being written, what is parked, what waits for the network. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ApiError, sentence } from '@/api/http'
import { logCall } from '@/api/intake'
import { blank, isBlank, message, type Draft, type Ending } from '@/rules/draft'
import { begunIn, beginsIn, drop, keep, kept } from '@/rules/shelf'
import { useSession } from './session'

export interface Sent {
  id: number
  code: string
  title: string
  state: string
  at: number
  /** Sent by itself after the network came back. */
  late: boolean
}

const AGAIN = 5_000
const SHOWN = 8

/** Nothing was decided: the same message may go out again. */
function undecided(error: unknown): boolean {
  return error instanceof ApiError && (error.offline || error.status >= 500 || [401, 408, 429].includes(error.status))
}

export const useDrafts = defineStore('drafts', () => {
  const person = ref(0)
  const all = ref<Draft[]>([])
  const currentKey = ref('')
  const sent = ref<Sent[]>([])
  const stored = ref(true)
  const sending = ref<ReadonlySet<string>>(new Set())
  const session = useSession()
  let timer: ReturnType<typeof setTimeout> | undefined

  const open = computed(() => all.value.filter((draft) => !draft.waiting || sending.value.has(draft.key)))
  const waiting = computed(() => all.value.filter((draft) => draft.waiting && !sending.value.has(draft.key)))
  const current = computed(() => open.value.find((draft) => draft.key === currentKey.value) ?? null)

  /** Takes up what this person left here; a fresh sheet when there is nothing. */
  function takeUp(id: number): void {
    if (person.value !== id) {
      person.value = id
      all.value = kept(localStorage, id, Date.now())
      sent.value = []
    }
    if (!current.value) currentKey.value = open.value.at(-1)?.key ?? begin().key
    void flush()
  }

  function begin(phone = ''): Draft {
    const draft = blank(crypto.randomUUID(), Date.now(), phone)
    all.value.push(draft)
    currentKey.value = draft.key
    return all.value.at(-1)!
  }

  /** The sheet of a telephone call, the same one however often the call is shown; null when it was sent or thrown away.
   * `anew`: one more request in the same call. */
  function ofCall(call: string, phone: string, at: number, anew = false): Draft | null {
    const known = all.value.filter((draft) => draft.call === call)
    const left = kept(localStorage, person.value, Date.now()).filter((draft) => draft.call === call)
    const before = begunIn(localStorage, call)
    const other = left.find((draft) => !known.some((one) => one.key === draft.key))
    if (!anew && before > 0) {
      if (!known.length && other) all.value.push(other)
      const found = all.value.filter((draft) => draft.call === call).at(-1)
      if (found && !found.waiting) currentKey.value = found.key
      return found ?? null
    }
    const key = before ? `${call}#${before + 1}` : call
    beginsIn(localStorage, call, before + 1)
    all.value = all.value.filter((draft) => !isBlank(draft) || sending.value.has(draft.key))
    all.value.push({ ...blank(key, at, phone), call })
    currentKey.value = key
    save(current.value)
    return current.value
  }

  /** Another call: this draft is parked with its timer. A sheet that is still blank is used for it. */
  function next(phone = ''): void {
    const free = open.value.find((draft) => isBlank(draft) && !sending.value.has(draft.key))
    if (!free) return void begin(phone)
    Object.assign(free, { begun: Date.now(), hungUp: null, phone })
    currentKey.value = free.key
  }

  function turn(): void {
    const place = open.value.findIndex((draft) => draft.key === currentKey.value)
    currentKey.value = open.value[(place + 1) % open.value.length]?.key ?? begin().key
  }

  function save(draft: Draft | null = current.value): void {
    if (draft && person.value) stored.value = keep(localStorage, person.value, draft)
  }

  function remove(draft: Draft): void {
    drop(localStorage, person.value, draft.key)
    all.value = all.value.filter((one) => one.key !== draft.key)
    if (currentKey.value === draft.key) currentKey.value = open.value.at(-1)?.key ?? begin().key
  }

  /** Thrown away by the agent; `putBack` undoes it. */
  function discard(draft: Draft): Draft {
    const copy = { ...draft }
    remove(draft)
    return copy
  }

  function putBack(draft: Draft): void {
    all.value.push(draft)
    currentKey.value = draft.key
    save(draft)
  }

  /** Ends the call. True when the server has it; false when it waits here or was refused. */
  async function end(draft: Draft, ending: Ending): Promise<boolean> {
    draft.refused = null
    draft.waiting = { message: message(draft, ending), since: Date.now() }
    save(draft)
    return post(draft, false)
  }

  async function post(draft: Draft, late: boolean): Promise<boolean> {
    if (sending.value.has(draft.key) || !draft.waiting) return false
    sending.value = new Set([...sending.value, draft.key])
    try {
      const logged = await logCall(draft.waiting.message)
      const title = draft.title.trim() || draft.content.trim().slice(0, 40)
      const line = { id: logged.ticket_id, code: logged.query_code, title, state: logged.state, at: Date.now(), late }
      sent.value = [line, ...sent.value].slice(0, SHOWN)
      remove(draft)
      return true
    } catch (error) {
      if (!undecided(error)) {
        Object.assign(draft, { waiting: null, refused: sentence(error) })
        save(draft)
        if (late) currentKey.value = draft.key
      }
      return false
    } finally {
      sending.value = new Set([...sending.value].filter((key) => key !== draft.key))
      if (waiting.value.length) again()
      if (!current.value) currentKey.value = open.value.at(-1)?.key ?? begin().key
    }
  }

  function again(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), AGAIN)
  }

  /** Sends what waits, the oldest first; stops at the first that does not get through. */
  async function flush(): Promise<void> {
    clearTimeout(timer)
    // Somebody else has signed in meanwhile: what one person wrote never goes out under another's name.
    if (session.person?.id !== person.value) return
    for (const draft of waiting.value) if (!(await post(draft, true)) && draft.waiting) return again()
  }

  /** What a live event tells of a ticket that was sent from here. */
  function moved(id: number, state: string): void {
    for (const one of sent.value) if (one.id === id) one.state = state
  }

  return {
    all,
    open,
    waiting,
    current,
    currentKey,
    sent,
    stored,
    sending,
    takeUp,
    begin,
    ofCall,
    next,
    turn,
    save,
    discard,
    putBack,
    end,
    flush,
    moved,
  }
})
