/** What is written is kept a moment after the last change, and at once when the page goes away; so are one's snippets. */
import { onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { sentence } from '@/api/http'
import { keepPreference, preference } from '@/api/intake'
import { read, type Snippet } from '@/rules/snippets'
import { useDrafts } from '@/stores/drafts'

const MOMENT = 400

export function useKeeping() {
  const drafts = useDrafts()
  let saving: ReturnType<typeof setTimeout> | undefined
  const saveNow = () => drafts.save()
  const again = () => void drafts.flush()

  watch(
    () => drafts.current,
    () => {
      clearTimeout(saving)
      saving = setTimeout(saveNow, MOMENT)
    },
    { deep: true },
  )
  // The one that is left is kept before the next is shown.
  watch(
    () => drafts.currentKey,
    (_, before) => drafts.save(drafts.all.find((draft) => draft.key === before) ?? null),
  )
  onMounted(() => {
    window.addEventListener('pagehide', saveNow)
    window.addEventListener('online', again)
  })
  onBeforeUnmount(() => {
    clearTimeout(saving)
    saveNow()
    window.removeEventListener('pagehide', saveNow)
    window.removeEventListener('online', again)
  })
}

export function useSnippets() {
  const snippets = ref<Snippet[]>(read(null))
  const fault = ref('')
  onMounted(() => {
    preference('snippets').then(
      (kept) => (snippets.value = read(kept.value)),
      () => undefined,
    )
  })

  /** True when the server has them. */
  async function keep(mine: Snippet[]): Promise<boolean> {
    try {
      await keepPreference('snippets', mine)
      snippets.value = read(mine)
      fault.value = ''
      return true
    } catch (error) {
      fault.value = sentence(error)
      return false
    }
  }

  return { snippets, fault, keep }
}
