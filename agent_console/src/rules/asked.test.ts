import { expect, it } from 'vitest'
import { askedFor } from './asked'

const asked = {
  id: 1,
  asked: 'extension',
  unit_id: 15,
  at: '2026-11-23T09:00:00+08:00',
  reason: '需采购配件',
  amount: 2,
  decision: 'pending',
}

it('gives the form of a decision what the unit asked for, as long as nobody has decided', () => {
  expect(askedFor('grant_extension', [{ ...asked, decision: 'granted' }, asked])).toEqual({ working_days: 2 })
  expect(askedFor('grant_extension', [{ ...asked, decision: 'denied' }])).toEqual({})
  expect(askedFor('urge', [asked])).toEqual({})
})

it('leaves empty what the unit left empty', () => {
  const shelving = { ...asked, asked: 'shelving', plan: '列入改造', milestone: null, basis: '王局长', amount: null }
  expect(askedFor('shelve', [shelving])).toEqual({ plan: '列入改造', leader: '王局长' })
})
