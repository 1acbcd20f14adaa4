/** What needs a hand now: kept in a short list, told by a sound and on the desktop, silent when a person wants peace. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { api } from '@/api/http'
import { t } from '@/i18n'
import { isQuiet, LOUD, needsHand, type Quiet } from '@/live/attention'
import type { Moved } from '@/live/events'
import { minute } from '@/rules/when'
import { useLive } from './live'
import { useSession } from './session'

export interface Call {
  number: number
  ticket: number
  title: string
  event: string
  actor: string
  at: string
}
const MOST = 30
const NAME = '/me/preferences/attention'
/** The last event for which a window of this browser made a sound: two windows do not sound twice. */
const SOUNDED = 'hotline.sounded'

export const useAttention = defineStore('attention', () => {
  const live = useLive()
  const session = useSession()
  const wish = ref<Quiet>({ ...LOUD })
  const calls = ref<Call[]>([])
  const unseen = ref(0)
  const denied = ref(false)
  /** Where a click on a notification leads: the frame knows the way. */
  let open: (ticket: number) => void = () => {}
  const permitted = () => typeof Notification !== 'undefined' && Notification.permission === 'granted'
  const now = ref(Date.now())
  const quiet = computed(() => isQuiet(wish.value, now.value, clock()))
  const clock = () => minute(new Date(now.value).toISOString()).slice(11)

  async function load(): Promise<void> {
    calls.value = []
    unseen.value = 0
    wish.value = { ...LOUD }
    const kept = await api.get<{ value: Partial<Quiet> | null }>(NAME).catch(() => null)
    wish.value = { ...LOUD, ...kept?.value }
  }

  /** Kept with the person, not with the machine: the next shift's desk knows it, too. */
  function change(part: Partial<Quiet>): void {
    wish.value = { ...wish.value, ...part }
    now.value = Date.now()
    void api.put(NAME, { value: wish.value }).catch(() => undefined)
    if (part.desktop) void allow()
  }

  async function allow(): Promise<void> {
    if (typeof Notification === 'undefined') return void (denied.value = true)
    denied.value = (await Notification.requestPermission()) === 'denied'
  }

  function hear(event: Moved): void {
    const person = session.person
    if (!person || !needsHand(event, { name: person.name, roles: person.roles, unit: person.unit?.id ?? null })) return
    now.value = Date.now()
    const { id, title } = event.ticket
    const call = { number: event.number, ticket: id, title, event: event.event, actor: event.actor, at: event.at }
    calls.value = [call, ...calls.value.filter((one) => one.number !== call.number)].slice(0, MOST)
    unseen.value += 1
    if (!quiet.value) tell(call)
  }

  function tell(call: Call): void {
    const before = Number(localStorage.getItem(SOUNDED) ?? 0)
    if (call.number <= before) return
    localStorage.setItem(SOUNDED, String(call.number))
    if (wish.value.sound) sound()
    if (wish.value.desktop && permitted() && document.visibilityState === 'hidden') {
      const words = t('live.calls.notice', { event: t(`terms.event.${call.event}`), title: call.title })
      const shown = new Notification(words, { tag: String(call.ticket), icon: '/console/icon.svg' })
      shown.onclick = () => {
        window.focus()
        shown.close()
        open(call.ticket)
      }
    }
  }

  live.listen({ moved: hear })
  watch(
    () => session.person?.id ?? null,
    (person) => person !== null && void load(),
    { immediate: true },
  )

  const see = () => (unseen.value = 0)
  const whenClicked = (way: (ticket: number) => void) => (open = way)
  return { wish, calls, unseen, quiet, denied, change, see, whenClicked }
})

/** Two short tones, made here: no file to fetch, no tune to grow tired of. */
function sound(): void {
  try {
    const context = new AudioContext()
    for (const [place, pitch] of [660, 880].entries()) {
      const tone = context.createOscillator()
      const loudness = context.createGain()
      const begin = context.currentTime + place * 0.14
      tone.frequency.value = pitch
      loudness.gain.setValueAtTime(0.08, begin)
      loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.13)
      tone.connect(loudness).connect(context.destination)
      tone.start(begin)
      tone.stop(begin + 0.14)
      if (place === 1) tone.onended = () => void context.close()
    }
  } catch {
    // No loudspeaker, or the browser wants a click first: the list and the number tell it all the same.
  }
}
