/** The telephone: one's calls and seat, what is asked of it, whom a call may be passed to. */
import type { Call } from '@/rules/call'
import { api } from './http'
import type { Commanded, PhoneVerb, Seats, Targets } from './types'

export type { PhoneVerb, Seats, Targets } from './types'

export interface Command {
  key: string
  verb: PhoneVerb
  extension?: string
  reason?: string
  number?: string
  call?: string
  to?: string
  kind?: string
  callback?: string
  missed?: string
  person_id?: number
}

export const seats = () => api.get<Seats>('/calls/seats')
export const openCalls = () => api.get<{ items: Call[] }>('/calls', { open: 1 })
export const targets = () => api.get<Targets>('/calls/targets')
export const command = (said: Command) => api.post<Commanded>('/calls/commands', said)
