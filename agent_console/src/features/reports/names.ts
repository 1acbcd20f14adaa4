/** The measures' names where no table brings them along. */
import { useI18n } from 'vue-i18n'

export function useMeasureNames(): (name: string) => string {
  const { t } = useI18n()
  return (name) => t(`reports.measures.${name}`)
}
