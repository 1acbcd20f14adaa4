import { api } from './http'
import type { SignedInAnswer } from './types'

export type SignedIn = SignedInAnswer
export const signIn = (username: string, password: string) => api.post<SignedIn>('/session', { username, password })
export const signOut = () => api.delete<void>('/session')
export const me = () => api.get<SignedIn>('/me')
export const changePassword = (old_password: string, new_password: string) =>
  api.post<void>('/session/password', { old_password, new_password })
