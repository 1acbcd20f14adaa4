/** Chinese first: its words come with the page; English is fetched when somebody asks for it. */
import { createI18n } from 'vue-i18n'

type Words = { [name: string]: string | Words }
type Module = { default: Words }

const named = (path: string) => path.replace(/^.*\/(.+)\.ts$/, '$1')
const gathered = (modules: [string, Module][]): Words =>
  Object.fromEntries(modules.map(([path, module]) => [named(path), module.default]))

const chinese = gathered(Object.entries(import.meta.glob<Module>('./zh/*.ts', { eager: true })))
const english = import.meta.glob<Module>('./en/*.ts')

export type Language = 'zh' | 'en'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  messages: { zh: chinese } as Record<string, Words>,
  missingWarn: false,
  fallbackWarn: false,
})

export async function speak(language: Language): Promise<void> {
  if (language === 'en' && !i18n.global.availableLocales.includes('en')) {
    const files = await Promise.all(
      Object.entries(english).map(async ([path, load]) => [path, await load()] as [string, Module]),
    )
    i18n.global.setLocaleMessage('en', gathered(files))
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** A word outside a component's setup. */
export const t = i18n.global.t
