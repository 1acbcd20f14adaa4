/** Who is calling: asked when a whole number stands in the field, kept for as long as it does. */
import { ref, shallowRef, watch } from 'vue'
import { sentence } from '@/api/http'
import { callerCard } from '@/api/intake'
import type { CallerCard } from '@/api/types'
import { isPhone, plain } from '@/rules/phone'

export function useCaller(phone: () => string) {
  const card = shallowRef<CallerCard | null>(null)
  const asking = ref(false)
  const fault = ref('')
  let last: AbortController | undefined

  async function ask(): Promise<void> {
    last?.abort()
    const number = plain(phone())
    if (!isPhone(number)) {
      card.value = null
      asking.value = false
      fault.value = ''
      return
    }
    if (card.value?.phone !== number) card.value = null
    const mine = (last = new AbortController())
    asking.value = true
    try {
      card.value = await callerCard(number, mine.signal)
      fault.value = ''
    } catch (error) {
      if (!(error instanceof DOMException)) fault.value = sentence(error)
    } finally {
      if (last === mine) asking.value = false
    }
  }

  watch(() => plain(phone()), ask, { immediate: true })
  return { card, asking, fault, ask }
}
