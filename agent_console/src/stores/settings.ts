/** What a person likes on this machine: light or dark, language, size of type. Kept here, for it belongs to the screen. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { speak, type Language } from '@/i18n'

export type Theme = 'auto' | 'light' | 'dark'
const KEPT = 'hotline.settings'

interface Kept {
  theme: Theme
  language: Language
  large: boolean
}

function kept(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Kept>
  } catch {
    return {}
  }
}

export const useSettings = defineStore('settings', () => {
  const before = kept()
  const theme = ref<Theme>(before.theme ?? 'auto')
  const language = ref<Language>(before.language ?? 'zh')
  const large = ref(before.large ?? false)
  const dark = ref(false)
  const system = window.matchMedia('(prefers-color-scheme: dark)')

  function show(): void {
    dark.value = theme.value === 'dark' || (theme.value === 'auto' && system.matches)
    document.documentElement.classList.toggle('dark', dark.value)
    document.documentElement.classList.toggle('large', large.value)
  }

  system.addEventListener('change', show)
  watch(
    [theme, language, large],
    async () => {
      localStorage.setItem(KEPT, JSON.stringify({ theme: theme.value, language: language.value, large: large.value }))
      show()
      await speak(language.value)
    },
    { immediate: true },
  )

  return { theme, language, large, dark }
})
