/** 日报 and 热线专报: papers as they will be handed over. */
import { address, api } from './http'
import type { BriefBody, Briefs, KeptBrief, Paper } from './types'

export type { BriefBody, Paper }
export type Brief = KeptBrief
export type Section = Paper['sections'][number]
export type Chart = Section['charts'][number]

/** 公开版: without single tickets and persons. */
export const openly = (open: boolean) => ({ public: open ? '1' : undefined })
export const daily = (date: string, open: boolean) => api.get<Paper>('/reports/daily', { date, ...openly(open) })
export const dailyFile = (date: string, format: string, open: boolean) =>
  address('/reports/daily', { date, format, ...openly(open) })
export const briefs = () => api.get<Briefs>('/reports/briefs')
export const brief = (id: number, open: boolean) => api.get<Paper>(`/reports/briefs/${id}`, openly(open))
export const briefFile = (id: number, format: string, open: boolean) =>
  address(`/reports/briefs/${id}`, { format, ...openly(open) })
export const addBrief = (body: BriefBody) => api.post<Brief>('/reports/briefs', body)
export const changeBrief = (id: number, body: BriefBody) => api.put<Brief>(`/reports/briefs/${id}`, body)
export const removeBrief = (id: number) => api.delete<void>(`/reports/briefs/${id}`)
export const issueBrief = (id: number, version: number) => api.post<Brief>(`/reports/briefs/${id}/issue`, { version })
