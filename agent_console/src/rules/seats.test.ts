import { expect, test } from 'vitest'
import type { Seat, SeatState } from './call'
import { clock, counted, hall, lasts, tooLong, withSeat } from './seats'

const seat = (agent: string, state: SeatState, since = '2026-11-23T10:00:00+08:00', number = 1): Seat => ({
  provider: 'p',
  agent,
  extension: agent,
  state,
  reason: '',
  since,
  person_id: 1,
  person: agent,
  wrap_until: null,
  number,
  muted: '',
})

test('what goes on comes first, of one state the longest, and who has signed out is not there', () => {
  const shown = hall([
    seat('a', 'ready'),
    seat('b', 'talking', '2026-11-23T10:01:00+08:00'),
    seat('c', 'talking', '2026-11-23T09:59:00+08:00'),
    seat('d', 'signed_out'),
    seat('e', 'ringing'),
  ])
  expect(shown.map((one) => one.agent)).toEqual(['e', 'c', 'b', 'a'])
  expect(counted(shown).get('talking')).toBe(2)
})

test('an older word does not undo a newer one', () => {
  const newer = withSeat(new Map(), seat('a', 'talking', undefined, 5))
  expect(withSeat(newer, seat('a', 'ready', undefined, 4))).toBe(newer)
  expect([...withSeat(newer, seat('a', 'ready', undefined, 6)).values()][0]?.state).toBe('ready')
})

test('how long, and what is too long', () => {
  const now = Date.parse('2026-11-23T10:11:05+08:00')
  expect(clock(lasts('2026-11-23T10:00:00+08:00', now))).toBe('11:05')
  expect(clock(3725)).toBe('1:02:05')
  expect(tooLong(seat('a', 'talking'), now)).toBe(true)
  expect(tooLong(seat('a', 'ready'), now)).toBe(false)
})
