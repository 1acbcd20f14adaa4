/** The keys of the agent desk; each is printed on what it does. */
import type { Key } from '@/keys'
import type { Draft } from '@/rules/draft'
import { SNIPPET_KEYS, type Snippet } from '@/rules/snippets'
import type { useDrafts } from '@/stores/drafts'
import type { useTaking } from './taking'

export interface Desk {
  word: (name: string) => string
  drafts: ReturnType<typeof useDrafts>
  draft: () => Draft
  taking: ReturnType<typeof useTaking>
  snippets: () => readonly Snippet[]
  write: (text: string) => void
  to: (field: 'Text' | 'Phone' | 'Address' | 'Region') => void
  show: (dialog: 'category' | 'unit' | 'snippets') => void
  urge: () => void
  merge: () => void
  pick: () => void
}

export function deskKeys(desk: Desk): Key[] {
  const { drafts, draft, taking } = desk
  const key = (chord: string, name: string, run: () => void): Key => ({ chord, label: () => desk.word(name), run })
  return [
    key('Alt+N', 'fresh', () => drafts.next()),
    key('Alt+`', 'turn', drafts.turn),
    ...[0, 1, 2].map((place) => key(`Alt+${place + 1}`, 'category', () => taking.categoryAt(place))),
    ...['Q', 'W', 'R'].map((letter, place) => key(`Alt+${letter}`, 'unit', () => taking.unitAt(place))),
    key('Alt+C', 'tree', () => desk.show('category')),
    key('Alt+I', 'anyUnit', () => desk.show('unit')),
    key('Alt+K', 'kind', taking.kind),
    key('Alt+T', 'urgency', taking.raise),
    key('Alt+S', 'similar', taking.similar),
    key('Alt+U', 'urge', desk.urge),
    key('Alt+M', 'merge', desk.merge),
    key('Alt+ArrowDown', 'pick', desk.pick),
    key('Alt+B', 'secret', () => (draft().confidential = !draft().confidential)),
    key('Alt+V', 'callback', () => (draft().callback = !draft().callback)),
    key('Alt+X', 'strike', taking.strikeLast),
    key('Alt+O', 'toText', () => desk.to('Text')),
    key('Alt+P', 'toPhone', () => desk.to('Phone')),
    key('Alt+L', 'toAddress', () => desk.to('Address')),
    key('Alt+G', 'toRegion', () => desk.to('Region')),
    ...SNIPPET_KEYS.map((digit, place) => ({
      chord: `Alt+${digit}`,
      label: () => desk.snippets()[place]?.text.slice(0, 24) ?? '',
      run: () => desk.write(desk.snippets()[place]?.text ?? ''),
    })),
    key('Alt+0', 'snippets', () => desk.show('snippets')),
  ]
}
