import { describe, expect, it } from 'vitest'
import { filled, firstBlank } from './template'

const about = { id: 202611230000042, title: '路灯不亮', address: '人民路东段', unit: '市城市管理局', today: '11月23日' }

describe('filled', () => {
  it.each([
    ['您反映的{地点}{标题}问题', '您反映的人民路东段路灯不亮问题'],
    ['我单位({单位})已于{今天}办结', '我单位(市城市管理局)已于11月23日办结'],
    ['将于{完成日期}完工', '将于{完成日期}完工'],
    ['工单{ 工单编号 }', '工单202611230000042'],
  ])('%s', (template, text) => expect(filled(template, about)).toBe(text))

  it('leaves a blank open that the ticket knows nothing for', () => {
    expect(filled('位于{地点}', { ...about, address: '' })).toBe('位于{地点}')
  })
})

describe('firstBlank', () => {
  it('is where the caret goes', () => expect(firstBlank('将于{完成日期}完工')).toEqual([2, 8]))
  it('is nowhere when all is written', () => expect(firstBlank('已完工')).toBeNull())
})
