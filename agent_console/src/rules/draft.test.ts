import { describe, expect, it } from 'vitest'
import type { Lifted } from '@/api/types'
import { blank, effective, faults, isBlank, message, standing, stopwatch, strike, titleOf, type Draft } from './draft'

const lifted = (kind: Lifted['kind'], value: string, start = 0): Lifted => ({
  kind,
  value,
  text: value,
  start,
  end: start,
})
const sheet = (more: Partial<Draft> = {}): Draft => ({
  ...blank('k1', 1000),
  content: '人民路东段路灯不亮三天了,请修。',
  ...more,
})
const REGION = { code: '990101001', name: '雁栖区芙蓉里街道' }

describe('effective', () => {
  it('takes what was typed before what was lifted', () => {
    const said = [lifted('phone', '13912345678'), lifted('name', '李女士'), lifted('place', '人民路')]
    expect(effective(sheet({ lifted: said }))).toMatchObject({
      phone: '13912345678',
      name: '李女士',
      address: '人民路',
    })
    expect(effective(sheet({ lifted: said, name: '王芳' })).name).toBe('王芳')
  })

  it('leaves out what was struck, and who wishes to stay unknown', () => {
    const draft = sheet({ lifted: [lifted('name', '李女士'), lifted('phone', '13912345678')] })
    expect(effective({ ...draft, struck: strike(draft, draft.lifted[0]!) }).name).toBe('')
    expect(effective({ ...draft, anonymous: true })).toMatchObject({ name: '', phone: '' })
  })

  it('keeps a strike while the text goes on, for it is the value that was struck', () => {
    const draft = sheet({ struck: strike(sheet(), lifted('place', '人民路')) })
    draft.lifted = [lifted('place', '人民路', 7), lifted('place', '人民路12号', 20)]
    expect(standing(draft).map((one) => one.value)).toEqual(['人民路12号'])
  })

  it('means the longest place, and the region chosen before the one located', () => {
    const draft = sheet({ lifted: [lifted('place', '人民路'), lifted('place', '幸福小区3号楼')], located: REGION })
    expect(effective(draft).address).toBe('幸福小区3号楼')
    expect(effective({ ...draft, region: { code: '1', name: '别处' } }).region?.code).toBe('1')
  })
})

describe('faults', () => {
  const words = (draft: Draft, ending: Parameters<typeof faults>[1]) => {
    const { hard, soft } = faults(draft, ending)
    return [hard.map((one) => one.word), soft.map((one) => one.word)]
  }

  it('forbids an empty sheet, and asks again for what is usual', () => {
    expect(words(blank('k', 0), { as: 'dispatch' })).toEqual([
      ['contentShort'],
      ['phoneMissing', 'categoryMissing', 'regionMissing'],
    ])
    const whole = sheet({ phone: '13912345678', category: { code: '020201', name: '路灯' }, region: REGION })
    expect(words(whole, { as: 'dispatch' })).toEqual([[], []])
  })

  it('does not hold up an emergency', () => {
    expect(words(blank('k', 0), { as: 'redirect', disposition: 'emergency_line', told: '已转110' })).toEqual([[], []])
  })

  it.each(['1391234567', '电话'])('refuses the number %s', (phone) => {
    expect(words(sheet({ phone }), { as: 'answer', answer: '好' })[0]).toEqual(['phoneWrong'])
  })

  it('refuses an answer of blanks, and needs no region for a question', () => {
    expect(words(sheet({ phone: '12345' }), { as: 'answer', answer: ' ' })).toEqual([['answerEmpty'], []])
    expect(words(sheet({ phone: '12345', kind: 'consult' }), { as: 'dispatch' })).toEqual([[], ['categoryMissing']])
  })
})

describe('message', () => {
  it('is the same word for word however often it is made, under the sheet’s own name', () => {
    const draft = sheet({ phone: '139 1234 5678', unit: { id: 14, name: '城管局' } })
    expect(message(draft, { as: 'dispatch' })).toEqual(message(draft, { as: 'dispatch' }))
    expect(message(draft, { as: 'dispatch' })).toMatchObject({
      external_id: 'desk-k1',
      citizen: { phone: '13912345678', name: null },
      unit_id: 14,
    })
  })

  it('ends in one way only', () => {
    const draft = sheet({ unit: { id: 14, name: '城管局' }, into: { id: 7, title: '旧件' } })
    expect(message(draft, { as: 'dispatch' })).toMatchObject({ merge_into: 7 })
    expect(message(draft, { as: 'dispatch' })).not.toHaveProperty('unit_id')
    expect(message(draft, { as: 'answer', answer: ' 好的 ' })).toMatchObject({ answer: '好的' })
    expect(message(draft, { as: 'answer', answer: '好的' })).not.toHaveProperty('merge_into')
  })

  it('carries the day, the wish and what a unit will look for', () => {
    const said = [lifted('time', '每天晚上'), lifted('time', '2026-11-20'), lifted('demand', '尽快修好')]
    const draft = sheet({ lifted: [...said, lifted('amount', '800'), lifted('pole', 'A12'), lifted('pole', 'A12')] })
    expect(message(draft, { as: 'dispatch' })).toMatchObject({
      occurred_at: '2026-11-20T00:00:00+08:00',
      expected: '尽快修好',
      tags: ['金额 800', '杆号 A12'],
    })
  })

  it('leaves 涉企 to the words until the agent says otherwise', () => {
    expect(message(sheet({ suggestedEnterprise: true }), { as: 'dispatch' })).not.toHaveProperty('enterprise')
    expect(message(sheet({ enterprise: false }), { as: 'dispatch' })).toMatchObject({ enterprise: false })
  })

  it('says for an emergency what the agent had no time to write', () => {
    const sent = message(blank('k', 0), { as: 'redirect', disposition: 'emergency_line', told: '已转119' })
    expect(String(sent.content).length).toBeGreaterThanOrEqual(10)
    expect(sent).toMatchObject({ disposition: 'emergency_line', told: '已转119' })
  })
})

describe('small things', () => {
  it('knows a blank sheet', () => {
    expect(isBlank(blank('k', 0))).toBe(true)
    expect(isBlank({ ...blank('k', 0), callback: false })).toBe(true)
    expect(isBlank({ ...blank('k', 0), phone: '1' })).toBe(false)
  })

  it.each([
    ['路灯不亮。请修', '路灯不亮'],
    ['字'.repeat(60), `${'字'.repeat(39)}…`],
    ['', ''],
  ])('the title of %s', (content, title) => expect(titleOf(content)).toBe(title))

  it.each([
    [0, '00:00'],
    [65_000, '01:05'],
    [3_661_000, '1:01:01'],
    [-5, '00:00'],
  ])('%d ms is %s', (ms, text) => expect(stopwatch(ms)).toBe(text))
})
