/** The telephone: one's calls and seat, what is asked of it, whom a call may be passed to. */
import type { Call } from '@/rules/call'
import { address, api } from './http'
import type { BrowserPhone, CallView, Commanded, HeardList, PhoneVerb, Seats, Targets } from './types'

export type { CallView, HeardList, PhoneVerb, Seats, Targets } from './types'

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
/** What the browser needs to be the telephone of the seat that its person has taken. */
export const browserPhone = () => api.post<BrowserPhone>('/calls/browser-phone')
export const targets = () => api.get<Targets>('/calls/targets')
export const command = (said: Command) => api.post<Commanded>('/calls/commands', said)

const path = (id: string) => `/calls/${encodeURIComponent(id)}`
export const oneCall = (id: string) => api.get<CallView>(path(id))
export const listeners = (id: string) => api.get<HeardList>(`${path(id)}/recording/heard`)
/** `again`: one more playback is one more request, and one more line on record. */
export const recordingAddress = (id: string, again: number) => address(`${path(id)}/recording`, { again })
