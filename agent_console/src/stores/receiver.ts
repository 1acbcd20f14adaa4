/** 浏览器话机 of this seat: one page of the browser is the telephone, and only while its person sits there. */
import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import * as server from '@/api/calls'
import { sentence } from '@/api/http'
import { openLine, type SipCall, type SipLine } from '@/live/sip'
import { beep, ring } from '@/live/tones'
import {
  microphoneProblem,
  refusal,
  retryAfter,
  takenAtOnce,
  type ReceiverProblem,
  type ReceiverState,
  type Talk,
} from '@/rules/receiver'

const OWNER = 'hotline.browser-phone'
const RING_DELAY = 2_000
const TAKES = 'hotline.takes-calls-itself'

export const useReceiver = defineStore('receiver', () => {
  const state = ref<ReceiverState>('off')
  const problem = ref<ReceiverProblem>('')
  /** The server's own words, where it is the server that says no. */
  const words = ref('')
  const nextTry = ref<number | null>(null)
  const talk = shallowRef<Talk | null>(null)
  const takesItself = ref(localStorage.getItem(TAKES) === '1')

  let line: SipLine | null = null
  let seat = ''
  let leave: AbortController | null = null
  let expected: number | null = null
  let tries = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let quiet: (() => void) | null = null

  function refuse(what: ReceiverProblem, said = ''): void {
    problem.value = what
    words.value = said
    state.value = 'refused'
  }

  /** The telephone of this extension, from now until somebody sits elsewhere. */
  function sit(extension: string): void {
    if (extension === seat) return
    stand()
    seat = extension
    if (!extension) return
    // Only a page that came safely may have a microphone, and only such a page has locks.
    if (!navigator.mediaDevices || !navigator.locks) return refuse('insecure')
    const mine = (leave = new AbortController())
    void navigator.locks.query().then(({ held }) => {
      if (!mine.signal.aborted && state.value === 'off' && held?.some((one) => one.name === OWNER))
        state.value = 'elsewhere'
    })
    navigator.locks
      .request(OWNER, { signal: mine.signal }, async () => {
        const gone = new Promise<void>((resolve) => mine.signal.addEventListener('abort', () => resolve()))
        await open(mine.signal)
        await gone
      })
      .catch(() => undefined)
  }

  function stand(): void {
    seat = ''
    leave?.abort()
    leave = null
    shut()
    state.value = 'off'
    problem.value = ''
  }

  function shut(): void {
    clearTimeout(timer)
    nextTry.value = null
    tries = 0
    line?.stop()
    line = null
    hear(null)
  }

  async function open(left: AbortSignal): Promise<void> {
    shut()
    state.value = 'connecting'
    if (!(await microphone()) || left.aborted) return
    state.value = 'connecting'
    try {
      const told = await server.browserPhone()
      if (left.aborted) return
      line = await openLine(told, {
        registered: ready,
        lost: (status, realm) => lost(status, realm, told.realm),
        call: hear,
        failed() {
          shut()
          refuse('media')
        },
      })
    } catch (error) {
      if (!left.aborted) refuse('settings', sentence(error))
    }
    if (left.aborted) shut()
  }

  /** Asked for before the first call, not while somebody waits. */
  async function microphone(): Promise<boolean> {
    const known = await navigator.permissions.query({ name: 'microphone' as PermissionName }).catch(() => null)
    if (known?.state === 'prompt') state.value = 'asking'
    if (known) known.onchange = () => known.state === 'granted' && problem.value === 'microphone' && retry()
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      for (const track of stream.getTracks()) track.stop()
      return true
    } catch (error) {
      refuse(microphoneProblem(error instanceof DOMException ? error.name : ''))
      return false
    }
  }

  function ready(): void {
    clearTimeout(timer)
    tries = 0
    nextTry.value = null
    problem.value = ''
    state.value = 'ready'
  }

  function lost(status: number | null, realm: string | null, ours: string): void {
    if (!line && state.value === 'off') return
    const meant = refusal(status, realm, ours)
    if (meant !== 'later') return refuse(meant)
    state.value = 'lost'
    const wait = retryAfter(++tries, Math.random()) * 1000
    nextTry.value = Date.now() + wait
    clearTimeout(timer)
    timer = setTimeout(() => line?.retry(), wait)
  }

  /** By hand: what was refused may be mended now. */
  function retry(): void {
    if (!leave) return
    if (state.value === 'lost') line?.retry()
    else void open(leave.signal)
  }

  function hear(call: SipCall | null): void {
    const before = talk.value
    const now = new Date().toISOString()
    const stage = call?.talks ? 'talks' : 'rings'
    const since = before && before.stage === stage ? before.since : now
    talk.value = call && { from: call.from, stage, held: call.held, muted: call.muted, since }
    if (stage === 'talks' || !call) hush()
    else if (!before) greet()
  }

  function greet(): void {
    if (takenAtOnce(expected, takesItself.value, Date.now())) {
      expected = null
      beep()
      // Not within the word that tells of it: the call is only being made.
      setTimeout(() => line?.answer())
    } else quiet = ring()
  }

  function hush(): void {
    quiet?.()
    quiet = null
  }

  /** The exchange tells of a ring on one way and rings on another: whoever was faster than the ring waits a moment for it. */
  function comes(): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => done(false), RING_DELAY)
      const stop = watch(talk, (now) => now && done(true))
      function done(came: boolean): void {
        clearTimeout(late)
        stop()
        resolve(came)
      }
    })
  }

  /** The exchange will ring here because this person asked for a call. */
  const expect = () => (expected = Date.now())
  const unexpect = () => (expected = null)

  function does(verb: string): void {
    if (verb === 'answer') line?.answer()
    else if (verb === 'hangup') line?.hangUp()
    else if (verb === 'hold' || verb === 'resume') line?.hold(verb === 'hold')
    else if (verb === 'mute' || verb === 'unmute') line?.mute(verb === 'mute')
  }

  function takeItself(on: boolean): void {
    takesItself.value = on
    localStorage.setItem(TAKES, on ? '1' : '0')
  }

  const press = (key: string) => line?.press(key)

  window.addEventListener('pagehide', shut)
  window.addEventListener('online', () => state.value === 'lost' && retry())
  window.addEventListener('beforeunload', (event) => talk.value?.stage === 'talks' && event.preventDefault())

  return {
    state,
    problem,
    words,
    nextTry,
    talk,
    takesItself,
    sit,
    retry,
    comes,
    expect,
    unexpect,
    does,
    takeItself,
    press,
  }
})
