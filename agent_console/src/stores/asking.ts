/** Ask the server, and keep what stands against it beside the fields it is about. */
import { ref } from 'vue'
import { ElMessage } from 'element-plus'
import 'element-plus/theme-chalk/el-message.css'
import { ApiError, sentence } from '@/api/http'

export function useAsk() {
  const busy = ref(false)
  const trouble = ref('')
  const wrong = ref<Record<string, string>>({})

  /** What the server answered; undefined when it refused, and why is in `trouble`. `done` is said when it went well. */
  async function ask<T>(run: () => Promise<T>, done = ''): Promise<T | undefined> {
    busy.value = true
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
    } finally {
      busy.value = false
    }
  }

  return { busy, trouble, wrong, ask }
}
