/** 提出处置 from wherever a call is: whose call it is about. The form stands over the page, and what one writes below it stays. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useProposing = defineStore('proposing', () => {
  const call = ref('')
  const open = (id: string) => (call.value = id)
  const close = () => (call.value = '')
  return { call, open, close }
})
