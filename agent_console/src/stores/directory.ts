/** What is chosen from: read once when first needed, the same for every form. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import * as server from '@/api/directory'
import type { CategoryNode, Region, Unit } from '@/api/types'

export const useDirectory = defineStore('directory', () => {
  const units = ref<Unit[]>([])
  const people = ref<server.Colleague[]>([])
  const categories = ref<CategoryNode[]>([])
  const asked = new Map<string, Promise<unknown>>()

  /** Asked once; after a failure the next need asks again. */
  function once(name: string, ask: () => Promise<unknown>): Promise<unknown> {
    const before = asked.get(name)
    if (before) return before
    const now = ask().catch((wrong: unknown) => {
      asked.delete(name)
      throw wrong
    })
    asked.set(name, now)
    return now
  }

  const needUnits = () => once('units', async () => (units.value = (await server.allUnits()).items))
  const needPeople = () => once('people', async () => (people.value = (await server.colleagues()).items))
  const needCategories = () => once('categories', async () => (categories.value = (await server.categories()).items))
  const regions = async (parent?: string): Promise<Region[]> => (await server.regionsBelow(parent)).items

  const byId = computed(() => new Map(units.value.map((unit) => [unit.id, unit])))
  const unitName = (id: number | null | undefined): string => (id == null ? '' : (byId.value.get(id)?.name ?? ''))
  const isCentre = (id: number) => byId.value.get(id)?.kind === 'centre'
  const options = computed(() =>
    units.value.map((unit) => ({
      id: unit.id,
      name: unit.name,
      code: unit.code,
      aliases: unit.aliases,
      above:
        unit.path
          .slice(0, -1)
          .map((id) => byId.value.get(id)?.name ?? '')
          .at(-1) ?? '',
    })),
  )
  /** The units under one, without itself. */
  const below = (id: number | null | undefined) =>
    options.value.filter((one) => id != null && one.id !== id && byId.value.get(one.id)?.path.includes(id))

  function forget(): void {
    asked.clear()
    units.value = []
    people.value = []
    categories.value = []
  }

  return {
    units,
    people,
    categories,
    needUnits,
    needPeople,
    needCategories,
    regions,
    unitName,
    isCentre,
    options,
    below,
    forget,
  }
})
