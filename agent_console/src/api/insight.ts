import { address, api } from './http'
import { openly } from './papers'
import type { BehindPage, Bulletin, BulletinWords, CallBehindPage, CallKpi, Kpi, MonthKpi, Passage } from './types'

export type { Bulletin, BulletinWords, CallKpi, Kpi, MonthKpi, Passage }
export type Cell = Kpi['total']['rates'][string]
export type Group = Kpi['groups'][number]
export type Beside = Group['beside'][string]
/** A line of any table of measures: of tickets or of calls. */
export type Row = Pick<Group, 'key' | 'name' | 'rates' | 'beside'> &
  Partial<Pick<Group, 'score' | 'tier' | 'total' | 'rank'>>
export interface Measured {
  from: string
  to: string
  group: string
  measures: readonly Measure[]
  total: Row
  groups: readonly Row[]
  previous?: Pick<Row, 'rates'> | null
  last_year?: Pick<Row, 'rates'> | null
}
export const CALL_GROUPS = ['queue', 'agent', 'day', 'month'] as const
export type CallGroupBy = (typeof CALL_GROUPS)[number]
export type Measure = Kpi['measures'][number]
export type Behind = BehindPage['items'][number]
export type GroupBy = 'unit' | 'district' | 'channel' | 'category' | 'campaign' | 'month'
export type Part = 'numerator' | 'denominator' | 'missed' | 'excluded'

export interface Span {
  from: string
  to: string
}

export type CallBeheld = CallBehindPage['items'][number]
export interface Question<G = GroupBy> {
  measure: string
  part: Part
  group?: G | undefined
  key?: string | null | undefined
}

export const kpi = (span: Span, group: GroupBy, signal?: AbortSignal) =>
  api.get<Kpi>('/reports/kpi', { ...span, group }, signal)
export const callKpi = (span: Span, group: CallGroupBy, signal?: AbortSignal) =>
  api.get<CallKpi>('/reports/kpi/calls', { ...span, group }, signal)
export const behind = (span: Span, asked: Question, cursor?: string | null) =>
  api.get<BehindPage>('/reports/kpi/tickets', { ...span, ...asked, cursor })
export const callsBehind = (span: Span, asked: Question<CallGroupBy>, cursor?: string | null) =>
  api.get<CallBehindPage>('/reports/kpi/calls/behind', { ...span, ...asked, cursor })
export const monthly = (month: string, open: boolean) =>
  api.get<Bulletin>('/reports/monthly', { month, ...openly(open) })
export const monthlyFile = (month: string, format: string, open: boolean) =>
  address('/reports/monthly', { month, format, ...openly(open) })
export const bulletinWords = (month: string) => api.get<BulletinWords>(`/reports/monthly/${month}/words`)
export const writeWords = (month: string, part: Passage['part'], text: string, version: number) =>
  api.put<Passage>(`/reports/monthly/${month}/words/${part}`, { text, version })
export const frozenMonth = (month: string) => api.get<MonthKpi>(`/reports/kpi/months/${month}`)
export const freezeMonth = (month: string, because: string) =>
  api.post<MonthKpi>(`/reports/kpi/months/${month}/freeze`, { because })
