/** Every screen, its path and who may open it. What a role may do there the server decides again. */
import type { Component } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Role } from '@/api/types'
import { DESKS, landing, type DeskName } from './desks'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    roles?: readonly Role[]
    open?: boolean
    desk?: DeskName
  }
}

const SCREENS: Record<DeskName, () => Promise<Component>> = {
  agent: () => import('./features/intake/AgentDesk.vue'),
  dispatch: () => import('./features/dispatch/DispatchDesk.vue'),
  department: () => import('./features/departments/DepartmentDesk.vue'),
  duties: () => import('./features/departments/DutiesPage.vue'),
  callback: () => import('./features/callback/CallbackDesk.vue'),
  phone: () => import('./features/phone/PhoneDesk.vue'),
  supervision: () => import('./features/supervision/SupervisionDesk.vue'),
  week: () => import('./features/reports/LeaderWeek.vue'),
  kpi: () => import('./features/reports/KpiDesk.vue'),
  bulletin: () => import('./features/reports/PapersDesk.vue'),
  learning: () => import('./features/learning/LearningDesk.vue'),
  admin: () => import('./features/admin/AdminDesk.vue'),
  tickets: () => import('./features/tickets/TicketSearch.vue'),
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./features/frame/NotHere.vue') },
  { path: '/sign-in', component: () => import('./features/frame/SignIn.vue'), meta: { open: true } },
  ...DESKS.map((desk): RouteRecordRaw => ({
    path: ['admin', 'learning', 'phone'].includes(desk.name) ? `${desk.path}/:page?` : desk.path,
    name: desk.name,
    component: SCREENS[desk.name],
    meta: { roles: desk.roles, desk: desk.name },
  })),
  {
    path: '/tickets/:id(\\d+)',
    name: 'ticket',
    component: () => import('./features/tickets/TicketPage.vue'),
    meta: { roles: DESKS.find((desk) => desk.name === 'tickets')!.roles },
  },
  { path: '/notices', name: 'notices', component: () => import('./features/notices/NoticePage.vue') },
  { path: '/password', name: 'password', component: () => import('./features/frame/ChangePassword.vue') },
  { path: '/:rest(.*)*', name: 'none', component: () => import('./features/frame/NotHere.vue') },
]

export const router = createRouter({ history: createWebHistory('/console/'), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  await session.restore()
  if (to.meta.open) return session.signedIn ? '/' : true
  if (!session.signedIn) return { path: '/sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
  if (session.mustChangePassword && to.name !== 'password') return '/password'
  if (to.path === '/') return landing(session.roles)
  if (to.meta.roles && !to.meta.roles.some((role) => session.roles.includes(role))) return { name: 'none' }
  return true
})
