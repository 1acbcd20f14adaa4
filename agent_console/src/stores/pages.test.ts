import { createRenderer, nextTick, ref, type Ref } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { usePages } from './pages'

interface Found {
  items: string[]
  next_cursor: string | null
}
interface Asked {
  of: string
  after: string | null
  answer: (found: Found) => void
  fail: () => void
}

/** A component with nothing to see: what it reads is what is tested. */
function shown(word: Ref<string>) {
  const questions: Asked[] = []
  const trouble = ref('')
  async function ask<T>(run: () => Promise<T>): Promise<T | undefined> {
    trouble.value = ''
    try {
      return await run()
    } catch (wrong) {
      trouble.value = String(wrong)
      return undefined
    }
  }
  const page = (after: string | null) =>
    new Promise<Found>((answer, refuse) => {
      questions.push({ of: word.value, after, answer, fail: () => refuse(new Error('lost')) })
    })
  let list!: ReturnType<typeof usePages<Found>>
  const nothing = () => ({})
  const { createApp } = createRenderer({
    patchProp: nothing,
    insert: nothing,
    remove: nothing,
    createElement: nothing,
    createText: nothing,
    createComment: nothing,
    setText: nothing,
    setElementText: nothing,
    parentNode: nothing,
    nextSibling: () => null,
  })
  createApp({
    setup: () => {
      list = usePages(ask, page, [word])
      return () => null
    },
  }).mount({})
  return { list, questions, trouble }
}
const settled = () => vi.advanceTimersByTimeAsync(200)

describe('usePages', () => {
  beforeEach(() => void vi.useFakeTimers())

  it('reads on from where it stands', async () => {
    const { list, questions } = shown(ref('路灯'))
    questions[0]!.answer({ items: ['a'], next_cursor: '1' })
    await settled()
    void list.read(true)
    expect(questions[1]).toMatchObject({ of: '路灯', after: '1' })
    questions[1]!.answer({ items: ['b'], next_cursor: null })
    await settled()
    expect(list.rows.value).toEqual(['a', 'b'])
    void list.read(true)
    expect(questions).toHaveLength(2)
  })

  it('shows the newest question, whether the older one is answered late or fails late', async () => {
    const word = ref('路灯')
    const { list, questions, trouble } = shown(word)
    word.value = '垃圾'
    await settled()
    word.value = '噪音'
    await settled()
    expect(questions.map((one) => one.of)).toEqual(['路灯', '垃圾', '噪音'])
    questions[2]!.answer({ items: ['noise'], next_cursor: null })
    await settled()
    questions[0]!.answer({ items: ['lamp'], next_cursor: '9' })
    questions[1]!.fail()
    await settled()
    expect([list.rows.value, list.cursor.value, trouble.value]).toEqual([['noise'], null, ''])
  })

  it('lets nothing follow the old question once another is asked for', async () => {
    const word = ref('路灯')
    const { list, questions } = shown(word)
    questions[0]!.answer({ items: ['lamp'], next_cursor: '1' })
    await settled()
    word.value = '垃圾'
    await nextTick()
    void list.read(true)
    expect(questions).toHaveLength(1)
    await settled()
    expect(questions[1]).toMatchObject({ of: '垃圾', after: null })
  })
})
