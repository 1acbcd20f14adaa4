import { describe, expect, it } from 'vitest'
import { found } from './palette'

const known = {
  desks: [
    { path: '/agent', label: '坐席台' },
    { path: '/tickets', label: '工单查询' },
  ],
  units: [
    { id: 14, name: '市城市管理局', aliases: ['城管局'] },
    { id: 13, name: '市住房和城乡建设局' },
  ],
  tickets: true,
}

describe('found', () => {
  it('offers the desks before anything is typed', () => {
    expect(found('', known).map((offer) => offer.to)).toEqual(['/agent', '/tickets'])
  })

  it('opens a whole number, however it was copied', () => {
    expect(found(' 20261122 0000042 ', known)[0]).toEqual({
      kind: 'ticket',
      label: '202611220000042',
      to: '/tickets/202611220000042',
    })
  })

  it('knows a unit by the short name people use', () => {
    expect(found('城管', known).map((offer) => offer.to)).toContain('/tickets?unit=14')
  })

  it('looks for words, and for the tickets of a unit', () => {
    expect(found('城', known).map((offer) => offer.kind)).toEqual(['find', 'unit', 'unit'])
    expect(found('路灯 a&b', known)[0]?.to).toBe('/tickets?q=%E8%B7%AF%E7%81%AF%20a%26b')
  })

  it('finds who calls from a number', () => {
    expect(found('138 0000 0001', known)[0]).toMatchObject({ to: '/agent', phone: '13800000001' })
  })

  it('shows nothing of tickets to who may not read them', () => {
    expect(found('202611220000042', { ...known, tickets: false, units: [] })).toEqual([])
  })
})
