/** 回访: the card, whose turn it is, and what came of the call. */
import { api } from './http'
import type { Attempted, NextCard, ShownNumbers, StrikeCard, StrikeCards, SurveyText, Worklist } from './types'

export type Card = NonNullable<NextCard['card']>
export type { StrikeCard }
export type { Attempted, Due, NextCard } from './types'

export interface Attempt {
  reached: boolean
  version: number
  solved?: string | null
  rating?: number | null
  declined?: boolean
  dissatisfied_with?: string | null
  contacted?: boolean | null
  as_told?: boolean | null
  note?: string
}

export const next = (keep: readonly string[], skip: readonly string[]) =>
  api.post<NextCard>('/callbacks/next', { keep, skip: skip.slice(-100) })
export const card = (id: string) => api.get<Card>(`/callbacks/${id}`)
export const numbers = (id: string) => api.post<ShownNumbers>(`/callbacks/${id}/number`)
export const later = (id: string, at: string) => api.post<void>(`/callbacks/${id}/later`, { at })
export const text = (id: string) => api.post<SurveyText>(`/callbacks/${id}/text`)
export const attempt = (id: string, said: Attempt) => api.post<Attempted>(`/callbacks/${id}/attempts`, said)
export const worklist = (signal?: AbortSignal) => api.get<Worklist>('/callbacks', {}, signal)
export const search = (words: string, signal?: AbortSignal) =>
  api.post<Worklist>('/callbacks/search', { words }, signal)
export const strikeCards = () => api.get<StrikeCards>('/strikes')
export const strikeNumbers = (ticket: number) => api.post<ShownNumbers>(`/strikes/${ticket}/number`)
