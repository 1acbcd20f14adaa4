import { api } from './http'
import type { Deputy, DeputyList, SignedInAnswer } from './types'

export type SignedIn = SignedInAnswer
export type { Deputy }
export const myDeputies = () => api.get<DeputyList>('/me/deputies')
/** null: as oneself again. */
export const actAs = (deputy_id: number | null) => api.post<SignedIn>('/session/deputy', { deputy_id })
export const signIn = (username: string, password: string) => api.post<SignedIn>('/session', { username, password })
export const signOut = () => api.delete<void>('/session')
export const me = () => api.get<SignedIn>('/me')
export const changePassword = (old_password: string, new_password: string) =>
  api.post<void>('/session/password', { old_password, new_password })
