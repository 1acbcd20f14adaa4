/** Letters, tasks of directives, reviews, and the difficult list after its freeze. */
import { address, api } from './http'
import type {
  Board,
  Directives,
  LetterView,
  LowRatings,
  OwnItems,
  Pressing,
  Register,
  Reviews,
  ShelvedList,
  TicketView,
  Changed,
} from './types'

export type { Board, Directives, LetterView, LowRatings, OwnItems, Register, Reviews, ShelvedList }
export type BoardItem = Board['items'][number]
export type OwnItem = OwnItems['items'][number]
export type Directive = Directives['items'][number]

export const letters = (query: { open?: boolean; ticket?: number } = {}) =>
  api.get<Register>('/supervision/letters', query)
export const letterFile = (id: number, format: string) => address(`/supervision/letters/${id}`, { format })
export const pressing = (ticket: number, signal?: AbortSignal) =>
  api.get<Pressing>(`/tickets/${ticket}/pressing`, {}, signal)
export const receive = (id: number) => api.post<LetterView>(`/supervision/letters/${id}/receipt`)
export const answerLetter = (id: number, text: string) =>
  api.post<LetterView>(`/supervision/letters/${id}/answer`, { text })
export const reviewLetter = (id: number, accepted: boolean, note: string) =>
  api.post<LetterView>(`/supervision/letters/${id}/review`, { accepted, note })
export const warn = (body: {
  kind: 'warning' | 'notice'
  unit_id: number
  subject: string
  ground: string
  demands: string[]
  copies: string[]
  tickets: number[]
  due: string | null
}) => api.post<LetterView>('/supervision/letters', body)

export const directives = () => api.get<Directives>('/supervision/directives')
export const writeDirective = (body: { text: string; about: string; by_name: string; due: string | null }) =>
  api.post<Directive>('/supervision/directives', body)
export const breakDown = (id: number, tasks: { unit_id: number; what: string; due: string }[]) =>
  api.post<Directive>(`/supervision/directives/${id}/tasks`, { tasks })
export const feedBack = (id: number, text: string) =>
  api.post<Directives>(`/supervision/tasks/${id}/feedback`, { text })
export const settleTask = (id: number, done: boolean, note: string) =>
  api.post<Directives>(`/supervision/tasks/${id}/settle`, { done, note })

export const reviews = () => api.get<Reviews>('/supervision/reviews')
export const lowRatings = () => api.get<LowRatings>('/supervision/low-ratings')
export const shelved = () => api.get<ShelvedList>('/supervision/shelved')

const list = (week: string) => `/reports/difficult/${week}`
export const meeting = (week: string) => api.get<Board>(`${list(week)}/meeting`)
export const meetingFile = (week: string, format: string) => address(`${list(week)}/meeting`, { format })
export const saveMeeting = (week: string, body: Record<string, unknown>) =>
  api.put<Board>(`${list(week)}/meeting`, body)
export const decide = (week: string, ticket: number, body: Record<string, unknown>) =>
  api.put<Board>(`${list(week)}/items/${ticket}/decision`, body)
export const comment = (week: string, ticket: number, stance: string, text: string) =>
  api.post<OwnItems>(`${list(week)}/items/${ticket}/comment`, { stance, text })
export const verify = (week: string, ticket: number, body: Record<string, unknown>) =>
  api.post<Board>(`${list(week)}/items/${ticket}/verify`, body)
export const ownDifficult = () => api.get<OwnItems>('/department/difficult')
export const report = (ticket: number, text: string) =>
  api.post<OwnItems>(`/department/difficult/${ticket}/progress`, { text })
export const askStrike = (ticket: number, text: string) =>
  api.post<OwnItems>(`/department/difficult/${ticket}/strike`, { text })

export async function weigh(ticket: number, verb: string, granted: boolean, reason: string): Promise<Changed> {
  const { ticket: seen } = await api.get<TicketView>(`/tickets/${ticket}`)
  return api.post<Changed>(`/tickets/${ticket}/${verb}`, { version: seen.version, granted, reason })
}
