/** The dispatcher's desk: the pool, claims, the sheet beside a letter, and the verbs of the desk. */
import { api, farewell, type Query } from './http'
import type {
  CatalogueFound,
  CategoryList,
  Changed,
  Claim,
  DispatchedMany,
  Explanation,
  HistoryView,
  Pool,
  PoolCounts,
  Precedents,
  Receivers,
  RegionList,
  Review,
  Sheet,
  TicketView,
} from './types'

export type {
  Explanation,
  Claim,
  Pool,
  PoolCounts,
  PoolRow,
  Receiver,
  Review,
  Sheet,
  EntryView,
  Option,
  Dispatched,
} from './types'

export const pool = (query: Query, signal?: AbortSignal) => api.get<Pool>('/dispatch/pool', query, signal)
export const counts = () => api.get<PoolCounts>('/dispatch/counts')
export const claim = (id: number, take_over = false) => api.post<Claim>(`/tickets/${id}/claim`, { take_over })
export const release = (id: number) => api.delete<void>(`/tickets/${id}/claim`)
export const releaseLeaving = (id: number) => farewell('DELETE', `/tickets/${id}/claim`)
export const sheet = (id: number) => api.get<Sheet>(`/tickets/${id}/dispatching`)
export const receivers = (id: number, q: string, signal?: AbortSignal) =>
  api.get<Receivers>(`/tickets/${id}/receivers`, { q }, signal)
export const explanation = (id: number, signal?: AbortSignal) =>
  api.get<Explanation>(`/tickets/${id}/explanation`, {}, signal)
export const review = (id: number) => api.get<Review>(`/tickets/${id}/return`)
export const letter = (id: number) => api.get<TicketView>(`/tickets/${id}`)
export const history = (id: number) => api.get<HistoryView>(`/tickets/${id}/history`)
export const catalogue = (q: string, signal?: AbortSignal) => api.get<CatalogueFound>('/catalogue', { q }, signal)
export const precedents = (category: string) => api.get<Precedents>('/precedents', { category })
export const categories = () => api.get<CategoryList>('/categories')
export const regions = (parent?: string) => api.get<RegionList>('/regions', { parent })

export interface Sending {
  id: number
  version: number
  unit_id: number
  assists: readonly number[]
  basis: string
}

export const dispatchMany = (tickets: readonly Sending[]) => api.post<DispatchedMany>('/tickets/dispatch', { tickets })

/** One verb on one ticket; the server says what came of it. `leaving`: the page is being closed meanwhile. */
export const act = (
  id: number,
  verb: string,
  body: { version: number } & Record<string, unknown>,
  leaving = false,
): Promise<unknown> =>
  leaving
    ? Promise.resolve(farewell('POST', `/tickets/${id}/${verb}`, body))
    : api.post<Changed>(`/tickets/${id}/${verb}`, body)

export interface SavedFilter {
  name: string
  query: Record<string, string>
}

const SAVED = '/me/preferences/dispatch.filters'
export const savedFilters = async () => (await api.get<{ value: SavedFilter[] | null }>(SAVED)).value ?? []
export const saveFilters = (value: readonly SavedFilter[]) => api.put<unknown>(SAVED, { value })
