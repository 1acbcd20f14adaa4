import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, reactive } from 'vue'
import { blank, type Draft } from '@/rules/draft'
import { useDrafts } from '@/stores/drafts'
import { useEnding } from './ending'

const lead = { toPhone: () => {}, toText: () => {} }

function sheet(): Draft {
  return reactive({ ...blank('one', 0, '13955667788'), content: '市民反映人民路东段路灯不亮,希望修好。' })
}

describe('the end of a call', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('asks once about what is unusual, and not again about what is left of it', async () => {
    const sent = vi.spyOn(useDrafts(), 'end').mockResolvedValue(true)
    const draft = sheet()
    const { soft, end } = useEnding(() => draft, lead)
    expect(await end({ as: 'dispatch' })).toBe(false)
    expect(soft.value.map((one) => one.word)).toEqual(['categoryMissing', 'regionMissing'])
    draft.category = { code: '0501', name: '路灯' } // a suggestion came in between
    await nextTick()
    expect(await end({ as: 'dispatch' })).toBe(true)
    expect(sent).toHaveBeenCalledOnce()
  })

  it('asks about what has come up since', async () => {
    const sent = vi.spyOn(useDrafts(), 'end').mockResolvedValue(true)
    const draft = sheet()
    draft.category = { code: '0501', name: '路灯' }
    const { soft, end } = useEnding(() => draft, lead)
    expect(await end({ as: 'dispatch' })).toBe(false)
    draft.category = null
    expect(await end({ as: 'dispatch' })).toBe(false)
    expect(soft.value).toHaveLength(2)
    expect(await end({ as: 'dispatch' })).toBe(true)
    expect(sent).toHaveBeenCalledOnce()
  })
})
