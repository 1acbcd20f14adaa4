import { expect, test } from 'vitest'
import { letterBody, namesOf, newLetter } from './letter'

test('what is written line by line goes out as lists, a day to its end', () => {
  const written = {
    ...newLetter(' 三次催办未果 '),
    demands: '到现场核查\n\n 3日内答复 ',
    copies: '市委督查室、市司法局',
  }
  expect(letterBody({ ...written, day: '2026-11-27' })).toEqual({
    level: 2,
    grounds: [],
    ground: '三次催办未果',
    demands: ['到现场核查', '3日内答复'],
    copies: ['市委督查室', '市司法局'],
    due: '2026-11-27T23:59:00+08:00',
  })
  expect(letterBody(written).due).toBeNull()
  expect(namesOf('甲,乙;丙\n丁')).toEqual(['甲', '乙', '丙', '丁'])
})
