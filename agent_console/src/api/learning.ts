/** Models, overrides, precedents, labels, dry runs, aliases: what the system learns from and how it is watched. */
import { ApiError, api, type Query } from './http'
import type {
  AliasProposals,
  AskedTraining,
  AnswersAgain,
  CheckedModel,
  ConfusedLetters,
  DispatchQuality,
  Measured,
  Overrides,
  DecideProposal,
  Precedents,
  PrecedentUses,
  ProposedEntries,
  Replayed,
  ToLabel,
  TryOut,
  Watched,
} from './types'

export type {
  AliasProposal,
  CheckedModel,
  ClassLine,
  Comparison,
  Confused,
  DispatchQuality,
  DriftDay,
  Tally,
  LetterToLabel as AskedLetter,
  LearnedWeek,
  ListedOverride,
  Live,
  Measured,
  Models,
  OverrideCount,
  CoveragePoint,
  Precedent,
  ProposedEntry,
  Quality,
  RegisteredModel,
  Replayed,
  Run,
} from './types'

export const quality = (weeks: number) => api.get<Measured>('/models/quality', { weeks })
/** null: the model that answers has kept none. */
export const check = () =>
  api.get<CheckedModel>('/models/check').catch((wrong: unknown) => {
    if (wrong instanceof ApiError && wrong.status === 404) return null
    throw wrong
  })
export const watched = (weeks: number, what: 'category' | 'unit') => api.get<Watched>('/models/watch', { weeks, what })
export const confused = (said: string, was: string, weeks: number) =>
  api.get<ConfusedLetters>('/models/confused', { said, was, weeks })
export const train = () => api.post<AskedTraining>('/models/training')
export const back = (target: string) => api.post<AnswersAgain>('/models/back', { target })

export const dispatchQuality = (weeks: number) => api.get<DispatchQuality>('/routing/quality', { weeks })
export const tryOut = (body: Partial<TryOut>) => api.post<Replayed>('/routing/replay', body)
export const chooseThreshold = (threshold: number, reason: string, instead_of: string | null) =>
  api.put<undefined>('/routing/threshold', { threshold, reason, instead_of })

export const overrides = (query: Query) => api.get<Overrides>('/overrides', query)
export const judge = (ticket: number, id: number, verdict: 'right' | 'wrong' | null) =>
  api.post<undefined>(`/tickets/${ticket}/overrides/${id}/verdict`, { verdict })

export const precedents = () => api.get<Precedents>('/precedents')
export const precedentUses = (number: string) => api.get<PrecedentUses>(`/precedents/${number}/tickets`)
export const suspend = (number: string, reason: string) =>
  api.post<undefined>(`/precedents/${number}/suspend`, { reason })
export const resume = (number: string) => api.post<undefined>(`/precedents/${number}/resume`)

export const wanted = () => api.get<ToLabel>('/labels/wanted')
export const label = (ticket: number, category: string) => api.put<undefined>(`/tickets/${ticket}/label`, { category })
export const unlabel = (ticket: number) => api.delete<undefined>(`/tickets/${ticket}/label`)

export const aliases = (state: string) => api.get<AliasProposals>('/units/aliases/proposed', { state })
export const proposedEntries = (state: string) => api.get<ProposedEntries>('/catalogue/proposed', { state })
export const decideProposal = (body: DecideProposal) => api.post<undefined>('/catalogue/proposed', body)
export const decideAlias = (name: string, unit_id: number, same: boolean) =>
  api.post<undefined>('/units/aliases/proposed', { name, unit_id, same })
