/** Who is signed in, and what they may open. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useToken } from '@/api/http'
import * as server from '@/api/session'
import { desksOf } from '@/desks'

export const useSession = defineStore('session', () => {
  const who = ref<server.SignedIn | null>(null)
  let asked: Promise<void> | null = null

  const person = computed(() => who.value?.person ?? null)
  const roles = computed(() => person.value?.roles ?? [])
  const desks = computed(() => desksOf(roles.value))
  const signedIn = computed(() => who.value !== null)
  const deputyId = computed(() => who.value?.deputy_id ?? null)
  const mustChangePassword = computed(() => who.value?.must_change_password ?? false)

  function take(answer: server.SignedIn | null): void {
    who.value = answer
    useToken(answer?.csrf_token ?? '')
  }

  /** Asks once who the cookie belongs to; later calls wait for the same answer. */
  function restore(): Promise<void> {
    asked ??= server.me().then(take, () => take(null))
    return asked
  }

  async function signIn(username: string, password: string): Promise<void> {
    take(await server.signIn(username, password))
    asked = Promise.resolve()
  }

  async function changePassword(old: string, fresh: string): Promise<void> {
    await server.changePassword(old, fresh)
    take(await server.me())
  }

  /** As whom I may act at this moment. */
  async function deputies(): Promise<server.Deputy[]> {
    const now = Date.now()
    const { items } = await server.myDeputies()
    return items.filter((one) => !one.ended_at && Date.parse(one.begins_at) <= now && now < Date.parse(one.ends_at))
  }

  async function signOut(): Promise<void> {
    await server.signOut().catch(() => undefined)
    take(null)
  }

  const forget = () => take(null)
  const has = (...wanted: readonly string[]) => roles.value.some((role) => wanted.includes(role))
  const ofUnit = computed(() => has('unit_liaison', 'unit_reviewer', 'unit_leader', 'handler'))

  return {
    who,
    person,
    roles,
    desks,
    deputyId,
    deputies,
    signedIn,
    mustChangePassword,
    restore,
    signIn,
    changePassword,
    signOut,
    forget,
    has,
    ofUnit,
  }
})
