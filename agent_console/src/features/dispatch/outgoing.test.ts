import { describe, expect, it } from 'vitest'
import { post, type Parcel } from './outgoing'

function desk() {
  const told: string[] = []
  const sent: number[] = []
  const parcel = (id: number, refused = false): Parcel => ({
    id,
    title: '路灯',
    unit: '城管局',
    send: async () => {
      if (refused) throw new Error('辖区')
      sent.push(id)
    },
  })
  const office = post({
    shown: (one) => told.push(one ? `shown ${one.id}` : 'nothing shown'),
    sent: (one) => told.push(`sent ${one.id}`),
    refused: (one, reason) => told.push(`refused ${one.id} ${(reason as Error).message}`),
  })
  return { office, told, sent, parcel }
}

describe('the window in which a dispatch can be called back', () => {
  it('sends nothing before it closes', () => {
    const { office, sent, parcel } = desk()
    office.put(parcel(1))
    expect(sent).toEqual([])
    expect(office.undo()?.id).toBe(1)
    expect(office.undo()).toBeNull()
    expect(sent).toEqual([])
  })
  it('sends once, however often it closes', async () => {
    const { office, sent, told, parcel } = desk()
    office.put(parcel(1))
    await Promise.all([office.flush(), office.flush(true)])
    expect(sent).toEqual([1])
    expect(told).toEqual(['shown 1', 'nothing shown', 'sent 1'])
  })
  it('sends the one before when the next one comes', async () => {
    const { office, sent, parcel } = desk()
    office.put(parcel(1))
    office.put(parcel(2))
    await office.flush()
    expect(sent).toEqual([1, 2])
  })
  it('says what was refused', async () => {
    const { office, told, parcel } = desk()
    office.put(parcel(1, true))
    await office.flush()
    expect(told.at(-1)).toBe('refused 1 辖区')
  })
})
