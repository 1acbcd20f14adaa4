/** What a form in the desk's pane leans on, and how it sends a verb. */
import { inject, onScopeDispose, ref, type InjectionKey } from 'vue'
import { ApiError, sentence } from '@/api/http'
import { act } from '@/api/departments'

export interface Done {
  /** It was sent: the sentence is shown, and the pane closes unless another form is open in it by now. */
  done: (said: string, open: boolean) => void
  /** Read the ticket again. */
  again: () => Promise<void>
  close: () => void
}
export const DONE: InjectionKey<Done> = Symbol('done')

/** Sends a verb once at a time. A colleague's change is read first; what was typed stays, and the next press applies it. */
export function useSend() {
  const desk = inject(DONE)!
  const busy = ref(false)
  const refused = ref('')
  const faults = ref<Record<string, string>>({})
  let open = true
  onScopeDispose(() => (open = false))

  async function send(id: number, verb: string, body: Record<string, unknown>, said: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    refused.value = ''
    faults.value = {}
    try {
      await act(id, verb, body)
      desk.done(said, open)
      return true
    } catch (wrong) {
      refused.value = sentence(wrong)
      if (wrong instanceof ApiError) {
        faults.value = faultsOf(wrong)
        if (wrong.code === 'stale_version') await desk.again()
      }
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, refused, faults, send, close: desk.close, again: desk.again }
}

function faultsOf(wrong: ApiError): Record<string, string> {
  const listed = wrong.data.errors
  if (!Array.isArray(listed)) return {}
  return Object.fromEntries(
    listed.flatMap((one: unknown) => {
      const fault = one as { field?: unknown; message?: unknown }
      return typeof fault.field === 'string' ? [[fault.field, String(fault.message ?? '')]] : []
    }),
  )
}
