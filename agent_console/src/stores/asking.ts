/** Ask the server, and keep what stands against it beside the fields it is about. */
import { ref } from 'vue'
import { ElMessage } from 'element-plus'
import 'element-plus/theme-chalk/el-message.css'
import { ApiError, sentence } from '@/api/http'

export function useAsk() {
  const busy = ref(false)
  const trouble = ref('')
  const wrong = ref<Record<string, string>>({})
  let under = 0

  /** What the server answered; undefined when it refused, and why is in `trouble`. For what a page only reads: no press waits for it. */
  async function see<T>(run: () => Promise<T>, done = ''): Promise<T | undefined> {
    trouble.value = ''
    wrong.value = {}
    try {
      const answered = await run()
      if (done) ElMessage.success(done)
      return answered
    } catch (error) {
      trouble.value = sentence(error)
      const told = error instanceof ApiError ? error.data.errors : null
      if (Array.isArray(told)) {
        const faults = told as { field: string; message: string }[]
        wrong.value = Object.fromEntries(faults.map((fault) => [fault.field, fault.message]))
      }
      return undefined
    }
  }

  /** As `see`, for what is done once at a time: `busy` until it is answered. `done` is said when it went well. */
  async function ask<T>(run: () => Promise<T>, done = ''): Promise<T | undefined> {
    under += 1
    busy.value = true
    const answered = await see(run, done)
    under -= 1
    busy.value = under > 0
    return answered
  }

  /** As `ask`, for what is answered by nothing: whether it was done. */
  const did = async (run: () => Promise<unknown>, done = ''): Promise<boolean> =>
    (await ask(async () => (await run(), true), done)) ?? false

  return { busy, trouble, wrong, ask, did, see: see as <T>(run: () => Promise<T>) => Promise<T | undefined> }
}
