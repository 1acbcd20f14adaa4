/** 承办: the unit's desk, what it does with a ticket, and the files that go along. */
import { api, upload as send } from './http'
import type {
  Attached,
  AttachmentList,
  Changed,
  Handlers,
  ContactLog,
  HistoryView,
  Limits,
  NewTemplate,
  ReplyCheck,
  SignedMany,
  Tab,
  Template,
  Templates,
  TicketView,
  UnitList,
  WorkPage,
} from './types'

export type {
  AttachmentView,
  Handler,
  ContactLine,
  Finding,
  HistoryLine,
  Limits,
  NewTemplate,
  ReplyCheck,
  Tab,
  Template,
  TicketView,
  Work,
  WorkPage,
} from './types'

export interface Draft {
  account: string
  public_reply: string
  solved: 'yes' | 'partly' | 'no' | null
  found_true: boolean | null
  unsolved_reason: string
}
export interface ToSign {
  id: number
  version: number
}

export const work = (tab: Tab, cursor: string | null, signal?: AbortSignal) =>
  api.get<WorkPage>('/department/work', { tab, cursor, limit: 100 }, signal)
export const people = () => api.get<Handlers>('/department/people')
export const templates = (category: string | null) => api.get<Templates>('/department/templates', { category })
export const addTemplate = (made: NewTemplate) => api.post<Template>('/department/templates', made)
export const deleteTemplate = (id: number) => api.delete<void>(`/department/templates/${id}`)
export const units = () => api.get<UnitList>('/units')

export const ticket = (id: number, signal?: AbortSignal) => api.get<TicketView>(`/tickets/${id}`, {}, signal)
export const contacts = (id: number, signal?: AbortSignal) => api.get<ContactLog>(`/tickets/${id}/contacts`, {}, signal)
export const history = (id: number) => api.get<HistoryView>(`/tickets/${id}/history`)
export const limits = (id: number) => api.get<Limits>(`/tickets/${id}/limits`)
export const checkReply = (id: number, draft: Draft, signal?: AbortSignal) =>
  api.post<ReplyCheck>(`/tickets/${id}/reply/check`, draft, signal)
export const act = (id: number, verb: string, body: Record<string, unknown>) =>
  api.post<Changed>(`/tickets/${id}/${verb}`, body)
export const signMany = (tickets: readonly ToSign[], late_because: string) =>
  api.post<SignedMany>('/tickets/sign', { tickets, late_because })

export const files = (id: number, signal?: AbortSignal) =>
  api.get<AttachmentList>(`/tickets/${id}/attachments`, {}, signal)
export const fileAddress = (id: number, number: number) => `/api/v1/tickets/${id}/attachments/${number}`

/** The server reads the form in order: whom the file is for stands before the file. */
export function upload(id: number, file: File, audience: 'internal' | 'public', progress: (share: number) => void) {
  const form = new FormData()
  form.append('audience', audience)
  form.append('file', file, file.name || 'image.png')
  return send<Attached>(`/tickets/${id}/attachments`, form, progress)
}
