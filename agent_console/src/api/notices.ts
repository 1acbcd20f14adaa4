/** 通知: the inbox, how one wishes to be told, and for administrators what became of what was sent. */
import { api, upload, type Query } from './http'
import type {
  AddressesTaken,
  AddressIn,
  AddressRows,
  Inbox,
  Messages,
  Retried,
  Unread,
  WishBody,
  WishView,
} from './types'

export type { AddressRow, Messages, Notice, Outgoing, WishBody, WishView } from './types'

export const inbox = (query: Query, signal?: AbortSignal) => api.get<Inbox>('/me/notices', query, signal)
export const read = (numbers: number[]) => api.post<Unread>('/me/notices/read', { numbers })
export const readAll = (upto: number) => api.post<Unread>('/me/notices/read', { upto })
export const wish = () => api.get<WishView>('/me/notices/wish')
export const putWish = (body: WishBody) => api.put<WishView>('/me/notices/wish', body)
export const messages = (query: Query) => api.get<Messages>('/notices/messages', query)
export const retry = (id: number) => api.post<Retried>(`/notices/messages/${id}/retry`)
/** A file of addresses as rows, each with what it would do; nothing is kept. */
export function lookAtAddresses(file: File): Promise<AddressRows> {
  const form = new FormData()
  form.append('file', file)
  return upload<AddressRows>('/notices/addresses/table', form, () => {})
}
export const takeAddresses = (rows: AddressIn[]) => api.post<AddressesTaken>('/notices/addresses', { rows })
