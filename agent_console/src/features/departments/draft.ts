/** What somebody has begun to write stays on this computer until it is sent or thrown away. */
import { watch, type Ref } from 'vue'

const HEAD = 'hotline.draft.'
const KEPT_FOR = 14 * 86_400_000

interface Kept {
  at: number
  value: unknown
}

/** Reads what was kept under the name into `value`, and keeps every change. Call `drop` when it has been sent. */
export function useDraft<T extends object>(name: string, value: Ref<T>): { found: boolean; drop: () => void } {
  const key = HEAD + name
  const before = read(key)
  if (before) value.value = { ...value.value, ...(before.value as T) }
  let over = false
  watch(
    value,
    (now) => {
      if (!over) keep(key, now)
    },
    { deep: true, flush: 'sync' },
  )
  return {
    found: before !== null,
    drop: () => {
      over = true
      localStorage.removeItem(key)
    },
  }
}

function read(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null
  } catch {
    return null
  }
}

function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), value } satisfies Kept))
  } catch {
    forgetOld(0)
  }
}

/** Drafts that nobody came back to. */
export function forgetOld(age = KEPT_FOR): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(`${HEAD}reply.`)) continue
    const kept = read(key)
    if (!kept || Date.now() - kept.at >= age) localStorage.removeItem(key)
  }
}
