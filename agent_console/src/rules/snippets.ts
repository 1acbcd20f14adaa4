/** Snippets (常用语): inserted at the caret, never over what is written. */

export interface Snippet {
  text: string
}

/** Alt with these digits; 1 to 3 take a category. */
export const SNIPPET_KEYS = ['4', '5', '6', '7', '8', '9'] as const
export const LONGEST = 500

export const SHIPPED: readonly Snippet[] = [
  { text: '市民来电反映:' },
  { text: '多次反映未果,市民情绪激动,请优先联系。' },
  { text: '市民要求对个人信息保密。' },
  { text: '已告知市民办理时限和查询方式。' },
  { text: '市民方便接听电话的时间:' },
  { text: '希望有关部门尽快核实处理并回复。' },
]

export interface Caret {
  text: string
  at: number
}

/** The text with the snippet behind the caret (or the end of a selection), and where the caret then stands. */
export function insert(text: string, caret: number, snippet: string): Caret {
  const at = Math.min(Math.max(caret, 0), text.length)
  return { text: text.slice(0, at) + snippet + text.slice(at), at: at + snippet.length }
}

/** What a person kept, however old its form; missing keys are filled from the shipped ones. */
export function read(value: unknown): Snippet[] {
  const given = Array.isArray(value) ? value : []
  return SNIPPET_KEYS.map((_, at) => {
    const one: unknown = given[at]
    const text = typeof one === 'object' && one !== null ? (one as Snippet).text : undefined
    return typeof text === 'string' ? { text: text.slice(0, LONGEST) } : SHIPPED[at]!
  })
}
