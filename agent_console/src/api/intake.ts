/** What the agent desk asks while somebody speaks, and the one message in which a call ends. */
import { api } from './http'
import type { CallerCard, CategoryList, Changed, FoundRegions, Logged, Preference, Suggestion, UnitList } from './types'

export interface Noted {
  content: string
  title?: string
  address?: string
  phone?: string
  kind?: string
  category?: string
  district_code?: string
  unit_id?: number
}

export const suggest = (noted: Noted, signal: AbortSignal) => api.post<Suggestion>('/suggest', noted, signal)
export const callerCard = (phone: string, signal?: AbortSignal) =>
  api.post<CallerCard>('/callers/search', { phone }, signal)
export const categories = () => api.get<CategoryList>('/categories')
export const findRegions = (q: string, signal?: AbortSignal) => api.get<FoundRegions>('/regions/search', { q }, signal)
export const findUnits = (q: string, signal?: AbortSignal) => api.get<UnitList>('/units', { q }, signal)
export const logCall = (message: unknown) => api.post<Logged>('/tickets', message)
export const urge = (id: number, version: number, text: string) =>
  api.post<Changed>(`/tickets/${id}/urge`, { version, text })
export const preference = (name: string) => api.get<Preference>(`/me/preferences/${name}`)
export const keepPreference = (name: string, value: unknown) =>
  api.put<Preference>(`/me/preferences/${name}`, { value })
