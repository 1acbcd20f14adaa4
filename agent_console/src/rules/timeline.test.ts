import { describe, expect, it } from 'vitest'
import { parts, since, toneOf, type Line } from './timeline'
import { clocksOf, leadOf, runs, type Share } from './sheet'

const line = (event: string, payload: Record<string, unknown> = {}, seq = 1): Line => ({
  seq,
  at: '2026-11-23T10:00:00+08:00',
  event,
  actor: '王芳',
  actor_unit: null,
  source: null,
  target: 'dispatched',
  reason: '',
  payload,
})

describe('what a line tells', () => {
  it('says who got it, until when and why, and no digest or number of a row', () => {
    const lead = {
      unit_id: 17,
      unit_path: [1, 17],
      times: { finish_due: '2026-11-30T17:30:00+08:00' },
      basis: '照明管理规定',
    }
    expect(
      parts(
        line('dispatch', { lead, assists: [{ unit_id: 18 }, { unit_id: 19 }], because: ['目录 3.2.1'], digest: 'ab' }),
      ),
    ).toEqual([
      { name: 'lead', is: 'unit', units: [17] },
      { name: 'due', is: 'moment', at: '2026-11-30T17:30:00+08:00' },
      { name: 'basis', is: 'text', text: '照明管理规定' },
      { name: 'assists', is: 'unit', units: [18, 19] },
      { name: 'because', is: 'text', text: '目录 3.2.1' },
    ])
  })

  it('tells a channel of a letter from a way of calling', () => {
    expect(parts(line('create', { channel: 'web' }))).toEqual([
      { name: 'channel', is: 'term', set: 'channel', value: 'web' },
    ])
    expect(parts(line('close', { channel: 'phone' }))[0]).toMatchObject({ set: 'way' })
  })

  it('leaves out what is empty or unknown', () => {
    expect(parts(line('reply', { found_true: null, digest: 'x', assignment_id: 1, of_tomorrow: 5 }))).toEqual([])
    expect(parts(line('reply', { found_true: false }))).toEqual([{ name: 'found_true', is: 'flag', yes: false }])
  })

  it('says which deadlines were moved from when to when, and why', () => {
    const was = { finish_due: '2026-11-30T15:59:59Z', sign_due: '2026-11-24T15:59:59Z', pack: 'default@1' }
    const times = { ...was, finish_due: '2026-12-01T15:59:59Z', sign_due: '2026-11-24T23:59:59+08:00' }
    const because = '日历调整'
    const moved = { name: 'shift', is: 'shift', clock: 'finish', to: times.finish_due }
    const why = { name: 'because', is: 'text', text: because }
    expect(parts(line('recompute', { assignment_id: 1, because, times, was }))).toEqual([
      { ...moved, from: was.finish_due },
      why,
    ])
    expect(parts(line('recompute', { assignment_id: 1, because, times }))).toEqual([{ ...moved, from: null }, why])
    const own = { clock: 'callback', due: times.finish_due, was_due: was.finish_due }
    expect(parts(line('recompute', { assignment_id: 0, because, ...own }))).toEqual([
      { ...moved, clock: 'callback', from: was.finish_due },
      why,
    ])
  })

  it('has the colour of what happened', () => {
    expect(toneOf(line('mark_deadline', { light: 'very_late' }))).toBe('late')
    expect(toneOf(line('mark_deadline', { light: 'near' }))).toBe('near')
    expect(toneOf(line('urge'))).toBe('near')
    expect(toneOf(line('close'))).toBe('done')
    expect(toneOf(line('sign'))).toBeUndefined()
  })

  it('knows what came after the version one had seen', () => {
    expect(since([line('sign', {}, 3), line('urge', {}, 4), line('contact', {}, 5)], 3).map((one) => one.seq)).toEqual([
      4, 5,
    ])
  })
})

const share = (more: Partial<Share>): Share => ({
  id: 1,
  part: 'lead',
  unit_id: 17,
  stage: 'in_hand',
  round: 0,
  dispatched_at: '2026-11-23T10:00:00+08:00',
  finish_due: '2026-11-30T17:30:00+08:00',
  ...more,
})

describe('clocks', () => {
  it('are those of the lead that is, not of one that was sent back', () => {
    expect(leadOf([share({ id: 1, stage: 'returned' }), share({ id: 2 }), share({ id: 3, part: 'assist' })])?.id).toBe(
      2,
    )
    expect(leadOf([share({ stage: 'returned' })])).toBeNull()
  })

  it('are only those that were set', () => {
    expect(clocksOf(share({ sign_due: '2026-11-24T10:00:00+08:00' })).map((one) => one.clock)).toEqual([
      'sign',
      'finish',
    ])
  })

  it('count days in a row as one line', () => {
    const day = (date: string, counted: boolean, because: string) => ({ date, counted, because })
    expect(
      runs([
        day('2026-11-23', false, '起始日不计'),
        day('2026-11-24', true, '工作日'),
        day('2026-11-25', true, '工作日'),
        day('2026-11-28', false, '周末'),
      ]),
    ).toEqual([
      { from: '2026-11-23', to: '2026-11-23', days: 1, counted: false, because: '起始日不计' },
      { from: '2026-11-24', to: '2026-11-25', days: 2, counted: true, because: '工作日' },
      { from: '2026-11-28', to: '2026-11-28', days: 1, counted: false, because: '周末' },
    ])
  })
})
