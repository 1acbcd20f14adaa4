import { describe, expect, it } from 'vitest'
import { isQuiet, LOUD, needsHand, type Me } from './attention'
import type { Moved } from './events'

const ticket = { urgency: 'normal', worst: null } as unknown as Moved['ticket']
const moved = (event: string, more: Partial<Moved['ticket']> = {}, actor = '王芳'): Moved => ({
  type: 'ticket.moved',
  number: 1,
  at: '2026-11-23T10:00:00+08:00',
  event,
  actor,
  version: 1,
  ticket: { ...ticket, ...more },
})
const me = (...roles: string[]): Me => ({ name: '赵刚', roles, unit: null })

describe('what needs a hand now', () => {
  it.each([
    ['a unit: a new ticket', moved('dispatch'), me('unit_liaison'), true],
    ['a unit: pressed', moved('urge'), me('handler'), true],
    ['a unit: late', moved('mark_deadline', { worst: 'late' }), me('unit_leader'), true],
    ['a unit: only near', moved('mark_deadline', { worst: 'near' }), me('unit_leader'), false],
    ['a unit: a colleague signed', moved('sign'), me('unit_liaison'), false],
    ['a dispatcher: a return to judge', moved('request_return'), me('dispatcher'), true],
    ['a dispatcher: somebody may be in danger', moved('register', { urgency: 'critical' }), me('dispatcher'), true],
    ['a dispatcher: another letter', moved('register'), me('dispatcher'), false],
    ['an agent: nothing of the kind', moved('dispatch'), me('agent'), false],
    ['a reviewer: a reply', moved('reply'), me('reviewer'), true],
    ['a supervisor: a consultation', moved('consult'), me('supervisor'), true],
    ['nobody is called by what they did', moved('dispatch', {}, '赵刚'), me('unit_liaison'), false],
  ] as const)('%s', (_, event, who, expected) => expect(needsHand(event, who)).toBe(expected))
})

describe('do not disturb', () => {
  const at = Date.parse('2026-11-23T12:30:00+08:00')
  it.each([
    ['by default', LOUD, '12:30', false],
    ['at lunch', { ...LOUD, from: '12:00', to: '13:30' }, '12:30', true],
    ['the end is outside', { ...LOUD, from: '12:00', to: '13:30' }, '13:30', false],
    ['over midnight, late', { ...LOUD, from: '22:00', to: '07:00' }, '23:10', true],
    ['over midnight, early', { ...LOUD, from: '22:00', to: '07:00' }, '06:59', true],
    ['over midnight, by day', { ...LOUD, from: '22:00', to: '07:00' }, '12:30', false],
    ['for an hour', { ...LOUD, until: '2026-11-23T13:00:00+08:00' }, '12:30', true],
    ['the hour is over', { ...LOUD, until: '2026-11-23T12:00:00+08:00' }, '12:30', false],
  ] as const)('%s', (_, wish, clock, expected) => expect(isQuiet(wish, at, clock)).toBe(expected))
})
