/** The end of a call: what forbids it is said, what is unusual is asked once, then it goes out. */
import { ref, watch } from 'vue'
import { faults, type Draft, type Ending, type Fault } from '@/rules/draft'
import { useDrafts } from '@/stores/drafts'

export function useEnding(current: () => Draft, lead: { toPhone: () => void; toText: () => void }) {
  const drafts = useDrafts()
  const hard = ref<Fault[]>([])
  const soft = ref<Fault[]>([])

  function forget(): void {
    hard.value = []
    soft.value = []
  }
  watch(() => current().key, forget)

  /** True when the call has left this sheet. */
  async function end(ending: Ending): Promise<boolean> {
    const about = current()
    if (drafts.sending.has(about.key)) return false
    const found = faults(about, ending)
    // What was asked about and has come right since is not asked again.
    const asked = found.soft.every((one) => soft.value.some((said) => said.word === one.word))
    hard.value = found.hard
    soft.value = found.soft
    if (found.hard.length) {
      if (found.hard[0]!.field === 'phone') lead.toPhone()
      else lead.toText()
      return false
    }
    if (found.soft.length && !asked) return false
    forget()
    await drafts.end(about, ending)
    lead.toText()
    return true
  }

  return { hard, soft, end }
}
