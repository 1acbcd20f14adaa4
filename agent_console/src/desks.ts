/** The desks (工作台): who sits at which, in the order they are offered; a person lands on the first that is theirs. */
import type { Role } from '@/api/types'

export type DeskName =
  | 'agent'
  | 'dispatch'
  | 'department'
  | 'duties'
  | 'callback'
  | 'phone'
  | 'supervision'
  | 'week'
  | 'kpi'
  | 'bulletin'
  | 'learning'
  | 'admin'
  | 'tickets'

export interface Desk {
  name: DeskName
  path: string
  /** Pressed after G. */
  key: string
  roles: readonly Role[]
}

const LEADERS: readonly Role[] = ['city_leader', 'centre_leader', 'supervisor', 'supervision']
const TELEPHONE: readonly Role[] = [
  'agent',
  'shift_leader',
  'dispatcher',
  'callback',
  'secret_callback',
  'supervisor',
  'centre_leader',
  'quality',
]
const READERS: readonly Role[] = [
  'agent',
  'shift_leader',
  'quality',
  'dispatcher',
  'reviewer',
  'callback',
  'secret_callback',
  'supervision',
  'supervisor',
  'centre_leader',
  'city_leader',
  'unit_liaison',
  'unit_reviewer',
  'unit_leader',
  'handler',
  'police_liaison',
]

export const DESKS: readonly Desk[] = [
  { name: 'agent', path: '/agent', key: 'A', roles: ['agent', 'shift_leader'] },
  { name: 'dispatch', path: '/dispatch', key: 'D', roles: ['dispatcher', 'supervisor'] },
  {
    name: 'department',
    path: '/department',
    key: 'U',
    roles: ['unit_liaison', 'unit_reviewer', 'unit_leader', 'handler'],
  },
  {
    name: 'duties',
    path: '/duties',
    key: 'Q',
    roles: ['unit_liaison', 'unit_reviewer', 'unit_leader', 'handler'],
  },
  { name: 'callback', path: '/callback', key: 'C', roles: ['callback', 'secret_callback'] },
  { name: 'phone', path: '/phone', key: 'P', roles: TELEPHONE },
  { name: 'supervision', path: '/supervision', key: 'S', roles: ['supervisor', 'supervision', 'centre_leader'] },
  { name: 'week', path: '/week', key: 'W', roles: LEADERS },
  { name: 'kpi', path: '/kpi', key: 'K', roles: LEADERS },
  { name: 'bulletin', path: '/bulletin', key: 'B', roles: LEADERS },
  {
    name: 'learning',
    path: '/learning',
    key: 'L',
    roles: ['supervisor', 'centre_leader', 'dispatcher', 'quality', 'system_admin', 'security_admin', 'auditor'],
  },
  { name: 'admin', path: '/admin', key: 'M', roles: ['system_admin', 'security_admin', 'auditor'] },
  { name: 'tickets', path: '/tickets', key: 'T', roles: READERS },
]

const FIRST: Partial<Record<Role, DeskName>> = {
  supervisor: 'supervision',
  centre_leader: 'week',
  city_leader: 'week',
  system_admin: 'admin',
}

export function desksOf(roles: readonly Role[]): Desk[] {
  return DESKS.filter((desk) => desk.roles.some((role) => roles.includes(role)))
}

/** Where a person lands after signing in. */
export function landing(roles: readonly Role[]): string {
  const mine = desksOf(roles)
  const wished = roles.map((role) => FIRST[role]).find((name) => name !== undefined)
  return (mine.find((desk) => desk.name === wished) ?? mine[0])?.path ?? '/none'
}
