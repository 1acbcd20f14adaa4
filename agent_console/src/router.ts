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

const PAGES = import.meta.glob<Component>('./features/*/*{Desk,Page,Week,Bulletin,Search}.vue', { import: 'default' })

const SCREENS: Record<DeskName, string> = {
  agent: 'intake/AgentDesk',
  dispatch: 'dispatch/DispatchDesk',
  department: 'departments/DepartmentDesk',
  callback: 'callback/CallbackDesk',
  supervision: 'supervision/SupervisionDesk',
  week: 'reports/LeaderWeek',
  kpi: 'reports/KpiPage',
  bulletin: 'reports/MonthlyBulletin',
  admin: 'admin/AdminDesk',
  tickets: 'tickets/TicketSearch',
}

function screen(name: string): () => Promise<Component> {
  return PAGES[`./features/${name}.vue`] ?? (() => import('./features/frame/NotHere.vue').then((page) => page.default))
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./features/frame/NotHere.vue') },
  { path: '/sign-in', component: () => import('./features/frame/SignIn.vue'), meta: { open: true } },
  ...DESKS.map((desk): RouteRecordRaw => ({
    path: desk.name === 'admin' ? `${desk.path}/:page?` : desk.path,
    name: desk.name,
    component: screen(SCREENS[desk.name]),
    meta: { roles: desk.roles, desk: desk.name },
  })),
  {
    path: '/tickets/:id(\\d+)',
    name: 'ticket',
    component: screen('tickets/TicketPage'),
    meta: { roles: DESKS.find((desk) => desk.name === 'tickets')!.roles },
  },
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
