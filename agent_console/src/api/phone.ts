/** The telephone as a whole: the wall, missed calls, numbers that misuse the hotline, figures. */
import type { Call } from '@/rules/call'
import { api } from './http'
import type {
  CallerRecord,
  LowMarks,
  MissedList,
  PhoneFigures,
  PhoneWall,
  Reckonings,
  Restriction,
  RestrictionList,
} from './types'

export type {
  CallerRecord,
  Difference,
  Figures,
  Missed,
  PhoneFigures,
  PhoneWall,
  QueueNow,
  Reckonings,
  Restriction,
} from './types'

export interface Asked {
  from?: string
  to?: string
  group?: string
  seconds?: number
}
export interface WhichCalls {
  from?: string | undefined
  to?: string | undefined
  queue?: string | undefined
  person?: number | undefined
  direction?: string
  limit?: number
  cursor?: string | undefined
}
export interface CallPage {
  items: Call[]
  next_cursor: string | null
}

export const wall = (signal?: AbortSignal) => api.get<PhoneWall>('/calls/wall', {}, signal)
export const missed = (signal?: AbortSignal) => api.get<MissedList>('/calls/missed', {}, signal)
export const giveUp = (id: string) => api.post(`/calls/missed/${encodeURIComponent(id)}/give_up`)
export const lowMarks = (state: 'open' | 'looked', signal?: AbortSignal) =>
  api.get<LowMarks>('/calls/low_marks', { state }, signal)
export const lookIntoMark = (id: string, finding: string, note: string) =>
  api.post(`/calls/low_marks/${encodeURIComponent(id)}`, { finding, note })
export const restrictions = (signal?: AbortSignal) => api.get<RestrictionList>('/calls/restrictions', {}, signal)
export const caller = (call: string) => api.get<CallerRecord>(`/calls/${encodeURIComponent(call)}/caller`)
export const propose = (body: { calls: string[]; step: string; evidence: string; days: number }) =>
  api.post<Restriction>('/calls/restrictions', body)
export const decide = (id: number, approve: boolean, reason: string) =>
  api.post<Restriction>(`/calls/restrictions/${id}/decide`, { approve, reason })
export const lift = (id: number, reason: string) => api.post<Restriction>(`/calls/restrictions/${id}/lift`, { reason })
export const figures = (asked: Asked, signal?: AbortSignal) =>
  api.get<PhoneFigures>('/calls/figures', { ...asked }, signal)
export const reckonings = (signal?: AbortSignal) => api.get<Reckonings>('/calls/reconciliation', {}, signal)
export const calls = (which: WhichCalls, signal?: AbortSignal) => api.get<CallPage>('/calls', { ...which }, signal)
