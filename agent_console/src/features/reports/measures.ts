/** What every page of measures is asked by: its span and grouping in the address, the table, and six months of one measure. */
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Measured, Row, Span } from '@/api/insight'
import { days, monthsBack } from '@/rules/period'
import { useReading } from '@/stores/reading'

export function useMeasures<T extends Measured, G extends string>(
  groups: readonly G[],
  ask: (span: Span, group: NoInfer<G> | 'month', signal: AbortSignal) => Promise<T>,
) {
  const route = useRoute()
  const router = useRouter()
  const given = (name: string) => (typeof route.query[name] === 'string' ? route.query[name] : undefined)
  const span = computed<Span>(() => {
    const start = days('month', Date.now())
    return { from: given('from') ?? start.from, to: given('to') ?? start.to }
  })
  const group = computed<G>({
    get: () => groups.find((one) => one === given('group')) ?? groups[0]!,
    set: (by) => go({ group: by, key: undefined }),
  })
  const moved = ref(true)
  const table = useReading((signal) => ask(span.value, group.value, signal))
  const months = useReading((signal) => ask(monthsBack(span.value.to, 6), 'month', signal))
  watch([span, group], () => void table.read())
  watch(
    () => span.value.to.slice(0, 7),
    () => void months.read(),
  )

  function go(change: Record<string, string | undefined>): void {
    const query = { ...route.query, ...change }
    void router.replace({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) })
  }
  /** The number that is looked into: its row and its measure; without a key it is that of all together. */
  const drill = computed(() => {
    const measure = given('measure')
    const found = table.value.value
    if (!measure || !found) return null
    const key = given('key')
    const row = key === undefined ? found.total : found.groups.find((one) => one.key === (key || null))
    const about = found.measures.find((one) => one.name === measure)
    return row && about ? { row, measure: about, group: key === undefined ? undefined : group.value } : null
  })
  const open = (row: Row, measure: string, whole: boolean) => go({ measure, key: whole ? undefined : (row.key ?? '') })
  const close = () => go({ measure: undefined, key: undefined })
  return { given, go, span, group, moved, table, months, drill, open, close }
}
