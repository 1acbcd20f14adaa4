/** One clock for everything that counts down on the screen. */
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const now = ref(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined
const EVERY = 5_000

export function useNow(): Readonly<Ref<number>> {
  now.value = Date.now()
  if (watchers++ === 0) timer = setInterval(() => (now.value = Date.now()), EVERY)
  onScopeDispose(() => {
    if (--watchers === 0) clearInterval(timer)
  })
  return readonly(now)
}
