import { expect, it } from 'vitest'
import { lines, next, type Pack } from './pack'

const limit = (amount: number) => ({ amount, unit: 'working_days' })
const rule = { sign: limit(1), finish: limit(5) }
const pack: Pack = {
  name: 'default',
  title: '通用时限',
  version: 1,
  effective_from: '2007-01-01',
  source: '',
  rules: { complaint: { normal: rule }, any: { urgent: rule } },
  rework: rule,
  supervise: rule,
  low_rating: rule,
  hours: { spans: [], seasons: [] },
}

it('shows every rule once', () => {
  expect(lines(pack).map((line) => line.key)).toEqual([
    'complaint/normal',
    'any/urgent',
    'rework',
    'supervise',
    'low_rating',
  ])
})

it('makes a version of its own that can be changed without touching the old one', () => {
  const fresh = next(pack, [1, 3], '2026-12-01')
  lines(fresh)[0]!.rule.finish.amount = 7
  expect([fresh.version, fresh.effective_from]).toEqual([4, '2026-12-01'])
  expect(pack.rules.complaint!.normal!.finish.amount).toBe(5)
})
