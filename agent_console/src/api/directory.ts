/** Units, colleagues, regions and categories to choose from. */
import { api } from './http'
import type { CategoryList, operations, RegionList, UnitList } from './types'

type ColleagueList = operations['get_colleagues']['responses'][200]['content']['application/json']
export type Colleague = ColleagueList['items'][number]

export const allUnits = () => api.get<UnitList>('/units')
export const colleagues = () => api.get<ColleagueList>('/colleagues')
export const regionsBelow = (parent?: string) => api.get<RegionList>('/regions', { parent })
export const categories = () => api.get<CategoryList>('/categories')
