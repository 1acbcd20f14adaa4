/** Units and colleagues to choose from, asked once a page. */
import * as server from '@/api/departments'
import type { Handler } from '@/api/departments'
import type { Unit } from '@/api/types'
import type { UnitOption } from '@/ui/UnitPicker.vue'

let units: Promise<Unit[]> | null = null
let people: Promise<Handler[]> | null = null

function asked<T>(again: () => void, answer: Promise<T[]>): Promise<T[]> {
  return answer.catch(() => {
    again()
    return []
  })
}

export function allUnits(): Promise<Unit[]> {
  units ??= asked(
    () => (units = null),
    server.units().then((list) => list.items.filter((unit) => unit.active && unit.kind !== 'centre')),
  )
  return units
}

/** How many tasks somebody has changes all day: asked anew for every form. */
export function colleagues(): Promise<Handler[]> {
  people = asked(
    () => (people = null),
    server.people().then((list) => list.items),
  )
  return people
}

/** Choices with the unit above, for telling two of one name apart. */
export function options(of: readonly Unit[]): UnitOption[] {
  const names = new Map(of.map((unit) => [unit.id, unit.name]))
  return of.map((unit) => ({
    id: unit.id,
    name: unit.name,
    code: unit.code,
    aliases: unit.aliases,
    ...(unit.parent_id !== null && names.has(unit.parent_id) ? { above: names.get(unit.parent_id)! } : {}),
  }))
}

export const below = (of: readonly Unit[], top: number | null | undefined) =>
  of.filter((unit) => top != null && unit.id !== top && unit.path.includes(top))
