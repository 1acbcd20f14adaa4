import { expect, it } from 'vitest'
import { asCsv } from './csv'

it('keeps quotes and commas, and lets no cell be a formula', () => {
  const text = asCsv([
    { basis: '第五条,"城管"', lead: '=HYPERLINK("x")' },
    { basis: '', reason: '空' },
  ])
  expect(text).toBe('\ufeffbasis,lead,reason\r\n"第五条,""城管""","\'=HYPERLINK(""x"")",\r\n,,空\r\n')
})
