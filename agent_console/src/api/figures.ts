/** 专题 and 考核办法: what is counted by itself, and how it is scored. */
import { api } from './http'
import type { Campaign, CampaignPreview, CampaignRule, Campaigns, NewScoring, Rules, ScoringRules } from './types'

export type { Campaign, CampaignPreview, CampaignRule, NewScoring, Rules, ScoringRules }
type Body = Required<Rules['body']>
/** As the server answers it: nothing is left out. */
export type Scoring = Omit<Body, 'components'> & { components: Required<Body['components'][number]>[] }
export const bodyOf = (rules: { body: Rules['body'] }): Scoring => rules.body as Scoring

export const campaigns = (signal?: AbortSignal) => api.get<Campaigns>('/reports/campaigns', {}, signal)
export const tryCampaign = (rule: CampaignRule) => api.post<CampaignPreview>('/reports/campaigns/preview', rule)
export const putCampaign = (rule: CampaignRule) => api.post<Campaign>('/reports/campaigns', rule)
export const dropCampaign = (id: number) => api.delete<void>(`/reports/campaigns/${id}`)
export const scoringRules = (signal?: AbortSignal) => api.get<ScoringRules>('/reports/kpi/rules', {}, signal)
export const setScoring = (rules: NewScoring) => api.post<Rules>('/reports/kpi/rules', rules)
