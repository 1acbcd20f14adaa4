import { api } from '@/api/http'
import type { UnitList } from '@/api/types'

let asked: Promise<{ id: number; name: string; aliases: string[] }[]> | null = null

/** Names of the units, asked once a page; an unanswered question is asked again the next time. */
export function unitNames(): Promise<{ id: number; name: string; aliases: string[] }[]> {
  asked ??= api.get<UnitList>('/units').then(
    (list) => list.items,
    () => {
      asked = null
      return []
    },
  )
  return asked
}
