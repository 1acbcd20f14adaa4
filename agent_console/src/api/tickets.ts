/** Tickets over HTTP: lists, one ticket with all that belongs to it, and its verbs. */
import { address, api, upload, type Query } from './http'
import type {
  Attached,
  AttachmentList,
  Changed,
  DeadlinesView,
  ExtensionAsked,
  HistoryView,
  Surroundings,
  TicketView,
} from './types'
import type { Row } from '@/rules/row'

export interface RowPage {
  items: Row[]
  next_cursor: string | null
}

export const ticketRows = (query: Query, signal?: AbortSignal) => api.get<RowPage>('/tickets', query, signal)

/** The row of one ticket if it belongs to the list of this query: the first at or below its number is it, or it is not. */
export async function ticketRow(id: number, query: Query): Promise<Row | null> {
  const page = await api.get<RowPage>('/tickets', { ...query, cursor: id + 1, limit: 1 })
  return page.items.find((row) => row.id === id) ?? null
}

export const ticketView = (id: number) => api.get<TicketView>(`/tickets/${id}`)
export const ticketHistory = (id: number) => api.get<HistoryView>(`/tickets/${id}/history`)
export const ticketDeadlines = (id: number) => api.get<DeadlinesView>(`/tickets/${id}/deadlines`)
export const ticketSurroundings = (id: number) => api.get<Surroundings>(`/tickets/${id}/surroundings`)
export const ticketAttachments = (id: number) => api.get<AttachmentList>(`/tickets/${id}/attachments`)
export const extensionAsked = (id: number) => api.get<ExtensionAsked>(`/tickets/${id}/extension`)
export const attachmentAddress = (id: number, number: number) => address(`/tickets/${id}/attachments/${number}`)

export const act = (id: number, verb: string, body: object) => api.post<Changed>(`/tickets/${id}/${verb}`, body)

export function attach(id: number, file: File, audience: 'internal' | 'public', progress: (share: number) => void) {
  const form = new FormData()
  form.append('audience', audience)
  form.append('file', file)
  return upload<Attached>(`/tickets/${id}/attachments`, form, progress)
}
