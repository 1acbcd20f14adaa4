/** A clock that ticks each second while it is shown. */
import { onBeforeUnmount, ref } from 'vue'
import { stopwatch } from '@/rules/draft'

export function useSeconds() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  onBeforeUnmount(() => clearInterval(timer))
  const since = (at: string) => stopwatch(now.value - Date.parse(at))
  /** Whole seconds until then, never below nought. */
  const left = (at: string) => Math.max(0, Math.ceil((Date.parse(at) - now.value) / 1000))
  return { now, since, left }
}
