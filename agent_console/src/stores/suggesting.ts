/** One look at the text after each pause in typing: what comes back late for an older text is thrown away. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { suggest } from '@/api/intake'
import type { Suggestion } from '@/api/types'
import { looked, type Draft } from '@/rules/draft'
import { plain, isPhone } from '@/rules/phone'

const PAUSE = 150
const LEAST = 4

export function useSuggesting(draft: () => Draft | null) {
  const said = shallowRef<Suggestion | null>(null)
  const away = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | undefined
  const pending = ref(false)
  let wanted: ((said: Suggestion) => void)[] = []

  /** What is shown now; a key pressed before the first answer has come takes effect when it comes. */
  function take(run: (said: Suggestion) => void): void {
    if (said.value) run(said.value)
    else if (pending.value) wanted.push(run)
  }

  async function look(): Promise<void> {
    const about = draft()
    asking?.abort()
    if (!about || about.content.trim().length < LEAST) {
      said.value = null
      pending.value = false
      wanted = []
      if (about) Object.assign(about, { lifted: [], suggestedKind: null, located: null })
      return
    }
    asking = new AbortController()
    try {
      const told = await suggest(noted(about), asking.signal)
      if (draft()?.key !== about.key) return
      said.value = told
      away.value = false
      Object.assign(about, looked(told))
      pending.value = false
      for (const run of wanted.splice(0)) run(told)
    } catch (error) {
      if (error instanceof DOMException) return
      away.value = true
      pending.value = false
      wanted = []
    }
  }

  function soon(): void {
    clearTimeout(timer)
    pending.value = true
    timer = setTimeout(() => void look(), PAUSE)
  }

  watch(
    () => {
      const d = draft()
      return (
        d && [d.content, d.title, d.address, d.phone, d.kind, d.category?.code, d.region?.code, d.unit?.id].join('\0')
      )
    },
    soon,
    { immediate: true },
  )
  watch(
    () => draft()?.key,
    () => {
      said.value = null
      wanted = []
    },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asking?.abort()
  })
  return { said, away, pending, take }
}

function noted(draft: Draft) {
  const phone = plain(draft.phone)
  return {
    content: draft.content,
    ...(draft.title && { title: draft.title }),
    ...(draft.address && { address: draft.address }),
    ...(isPhone(phone) && { phone }),
    ...(draft.kind && { kind: draft.kind }),
    ...(draft.category && { category: draft.category.code }),
    ...(draft.region && { district_code: draft.region.code }),
    ...(draft.unit && { unit_id: draft.unit.id }),
  }
}
