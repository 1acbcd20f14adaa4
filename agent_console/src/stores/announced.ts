/** A number that is to be opened at the agent desk, until the desk has taken it; it stands in no address. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useAnnounced = defineStore('announced', () => {
  const phone = ref('')
  return { phone }
})
