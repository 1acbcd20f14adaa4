import { describe, expect, it } from 'vitest'
import { dialled, places } from './targets'

const known = {
  colleagues: [{ name: '王芳', extension: '1002', state: 'ready' }],
  lines: [
    { name: '报警', number: '110' },
    { name: '急救', number: '120' },
  ],
}

describe('whom a call may be passed to', () => {
  it('is every colleague and every line before anything is typed', () => {
    expect(places('', known, []).map((one) => one.number)).toEqual(['1002', '110', '120'])
  })
  it('is the typed number first, unless it is somebody known', () => {
    expect(places('62110', known, []).map((one) => [one.kind, one.number])).toEqual([['number', '62110']])
    expect(places('110', known, []).map((one) => one.kind)).toEqual(['line'])
  })
  it('leaves out units without a line', () => {
    const units = [
      { name: '市城管局', phone: '0551-6810 14' },
      { name: '市林业局', phone: null },
    ]
    expect(places('局', known, units).map((one) => one.number)).toEqual(['0551681014'])
  })
  it('dials digits, whatever stands around them', () => {
    expect(dialled('(010)8888 1234 转 5')).toBe('01088881234')
    expect(dialled('请拨总机')).toBe('')
  })
})
