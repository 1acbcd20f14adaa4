/** 领取 on this desk: what is open is claimed after a moment and let go of with it; what one keeps stays until one lets go. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { ApiError, sentence } from '@/api/http'
import * as server from '@/api/dispatch'
import type { Claim } from '@/api/dispatch'
import { useLive } from '@/stores/live'
import { useSession } from '@/stores/session'

/** Whoever only passes by claims nothing. */
const DWELL = 900
const RENEW = 60_000

export function useClaims(
  current: Ref<number | null>,
  heldBy: (id: number) => Claim | null,
  lost: (id: number) => void,
) {
  const live = useLive()
  const me = useSession().person?.id ?? 0
  const mine = ref<ReadonlySet<number>>(new Set())
  const kept = ref<ReadonlySet<number>>(new Set())
  const trouble = ref('')
  /** Whose claim mine took the place of: an answer that was on its way meanwhile still names it. */
  const replaced = new Map<number, string>()
  const mark = (claim: Claim) => `${claim.person_id} ${claim.since}`
  let dwelling: ReturnType<typeof setTimeout> | undefined

  const others = (id: number | null): Claim | null => {
    const claim = id === null ? null : heldBy(id)
    return claim && claim.person_id !== me && !mine.value.has(id!) ? claim : null
  }

  function note(id: number, held: boolean): void {
    const next = new Set(mine.value)
    if (held) next.add(id)
    else next.delete(id)
    mine.value = next
  }

  async function take(id: number, over = false): Promise<boolean> {
    trouble.value = ''
    const before = heldBy(id)
    try {
      await server.claim(id, over)
      if (before && before.person_id !== me) replaced.set(id, mark(before))
      note(id, true)
      live.edit(id)
      return true
    } catch (wrong) {
      note(id, false)
      // That somebody else has it stands in the list; whatever has left the pool leaves the list by itself.
      if (over || !(wrong instanceof ApiError) || wrong.offline) trouble.value = sentence(wrong)
      lost(id)
      return false
    }
  }

  async function letGo(id: number): Promise<void> {
    if (mine.value.has(id)) {
      note(id, false)
      kept.value = new Set([...kept.value].filter((one) => one !== id))
      await server.release(id).catch(() => undefined)
    }
    if (current.value === id) live.look(id)
    else live.leave(id)
  }

  /** 留在手上: it stays mine when I go on to the next. */
  async function keep(id: number): Promise<void> {
    if (kept.value.has(id)) return letGo(id)
    if (mine.value.has(id) || (await take(id))) kept.value = new Set([...kept.value, id])
  }

  /** Not let go of when the next one is opened: it is on its way to a unit. */
  function hold(id: number): void {
    kept.value = new Set([...kept.value, id])
    if (!mine.value.has(id)) void take(id)
  }

  /** Called back: it is open again, and let go of with the next one. */
  function unhold(id: number): void {
    kept.value = new Set([...kept.value].filter((one) => one !== id))
  }

  watch(
    current,
    (id, before) => {
      clearTimeout(dwelling)
      if (before != null && !kept.value.has(before)) void letGo(before)
      if (id === null) return
      if (!mine.value.has(id)) live.look(id)
      dwelling = setTimeout(() => {
        if (current.value === id && !mine.value.has(id) && !others(id)) void take(id)
      }, DWELL)
    },
    { immediate: true },
  )

  const renewing = setInterval(() => mine.value.forEach((id) => void take(id)), RENEW)
  const goodbye = () => mine.value.forEach((id) => server.releaseLeaving(id))
  window.addEventListener('pagehide', goodbye)
  onScopeDispose(() => {
    window.removeEventListener('pagehide', goodbye)
    clearTimeout(dwelling)
    clearInterval(renewing)
    for (const id of mine.value) void server.release(id).catch(() => undefined)
    if (current.value !== null) live.leave(current.value)
    for (const id of mine.value) live.leave(id)
  })

  /** Decided or gone: nothing is left to hold. */
  function settle(id: number): void {
    if (mine.value.has(id)) note(id, false)
    kept.value = new Set([...kept.value].filter((one) => one !== id))
    live.leave(id)
  }

  /** The list says who holds what: a claim that a colleague took over is not mine any more. */
  function told(id: number, claim: Claim | null): Claim | null {
    if (!mine.value.has(id) || !claim || claim.person_id === me || replaced.get(id) === mark(claim)) return null
    note(id, false)
    kept.value = new Set([...kept.value].filter((one) => one !== id))
    return claim
  }

  return { mine, kept, trouble, others, take, keep, hold, unhold, letGo, settle, told }
}

export type Claims = ReturnType<typeof useClaims>
