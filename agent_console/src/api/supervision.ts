import { address, api, ApiError } from './http'
import type {
  Changed,
  AnswerFinding,
  AnswerFindings,
  Candidates,
  Instructions,
  LastWeek,
  Outlook,
  TicketView,
  Wall,
  WeekList,
} from './types'
import type { Row } from '@/rules/row'

export type { Outlook, AnswerFinding, Instructions, LastWeek, Wall, WeekList }
export type Place = Wall['units'][number]
export type Item = WeekList['items'][number]
export type Spoken = Instructions['items'][number]
export type Followed = LastWeek['items'][number]

export interface TicketPage {
  items: Row[]
  next_cursor: string | null
}

export const wall = (signal?: AbortSignal) => api.get<Wall>('/supervision/wall', {}, signal)
export const instructions = (query: { ticket?: number; days?: number } = {}) =>
  api.get<Instructions>('/supervision/instructions', query)
export const findings = (query: { state: 'open' | 'decided'; sign?: string | undefined }) =>
  api.get<AnswerFindings>('/supervision/findings', query)
export const decideFinding = (id: number, verdict: 'upheld' | 'dismissed', note: string) =>
  api.post<AnswerFinding>(`/supervision/findings/${id}`, { verdict, note })
export const week = (week?: string) => api.get<WeekList>('/reports/difficult', { week })
export const followed = (week: string) => api.get<LastWeek>(`/reports/difficult/${week}/followed`)
export const freeze = (week: string, tickets: number[] | null) =>
  api.post<WeekList>(`/reports/difficult/${week}/freeze`, tickets ? { tickets } : {})
export const weekFile = (week: string, format: string) => address('/reports/difficult', { week, format })
/** 超期风险: open and not late yet, the likeliest to be late first. */
export const outlook = (query: { limit?: number; ticket?: number } = {}) =>
  api.get<Outlook>('/supervision/outlook', query)
export const candidates = () => api.get<Candidates>('/supervision/candidates')
export const lateTickets = (unit: number | null, due: 'late' | 'near', cursor?: string | null) =>
  api.get<TicketPage>('/tickets', { unit, due, cursor, limit: 100 })

/**
 * 催办, 督办, 认定疑难, 批示 lie beside a ticket's state and contradict nobody: the version is that of this moment, and
 * when somebody is faster in between they are said once more.
 */
export async function press(ticket: number, verb: string, body: Record<string, unknown>): Promise<Changed> {
  for (let tries = 0; ; tries++) {
    const { ticket: seen } = await api.get<TicketView>(`/tickets/${ticket}`)
    try {
      return await api.post<Changed>(`/tickets/${ticket}/${verb}`, { ...body, version: seen.version })
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409) || tries >= 2) throw error
    }
  }
}
