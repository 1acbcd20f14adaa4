import { expect, it } from 'vitest'
import { offers } from './later'

const at = (text: string) => Date.parse(`2026-11-23T${text}+08:00`)

it.each([
  ['09:30:00', ['afternoon', 'evening', 'tomorrow']],
  ['14:00:00', ['evening', 'tomorrow']],
  ['23:59:00', ['tomorrow']],
])('at %s it offers %s', (time, names) => expect(offers(at(time)).map((offer) => offer.name)).toEqual(names))

it('means Beijing, whatever the computer is set to', () => {
  expect(offers(at('09:30:00')).map((offer) => offer.at)).toEqual([
    '2026-11-23T06:00:00.000Z',
    '2026-11-23T10:00:00.000Z',
    '2026-11-24T01:00:00.000Z',
  ])
})
