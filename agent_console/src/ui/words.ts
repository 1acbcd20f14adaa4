/** Spans and moments in the reader's language. */
import { useI18n } from 'vue-i18n'
import { span } from '@/rules/deadline'
import { said } from '@/rules/when'

export function useWords() {
  const { t, te } = useI18n()

  function spanText(ms: number): string {
    const parts = span(ms)
    return (['days', 'hours', 'minutes'] as const)
      .filter((unit) => parts[unit] > 0)
      .map((unit) => t(`ui.span.${unit}`, { n: parts[unit] }))
      .join(' ')
  }

  function whenText(moment: string, now: number): string {
    const { as, ...rest } = said(moment, now)
    return t(`ui.when.${as}`, rest)
  }

  /** The word of a closed set; what the console does not know yet is shown as it came. */
  function term(set: string, value: string | null | undefined): string {
    if (!value) return ''
    const key = `terms.${set}.${value}`
    return te(key) || te(key, 'zh') ? t(key) : value
  }

  return { t, spanText, whenText, term }
}
