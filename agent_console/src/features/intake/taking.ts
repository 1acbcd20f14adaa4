/** Taking what is suggested, and taking it back: each a single key. */
import type { Suggestion } from '@/api/types'
import { standing, strike, type Draft } from '@/rules/draft'

type Take = (run: (said: Suggestion) => void) => void
const LEVELS = ['normal', 'urgent', 'critical'] as const

export function useTaking(current: () => Draft, take: Take, said: () => Suggestion | null) {
  function category(one: { code: string; name: string } | undefined): void {
    if (one) current().category = { code: one.code, name: one.name }
  }

  /** The same key again takes it back. */
  function unit(one: { id: number; name: string } | undefined): void {
    if (one) current().unit = current().unit?.id === one.id ? null : { id: one.id, name: one.name }
  }

  function into(one: { id: number; title: string } | null | undefined): void {
    if (one) current().into = current().into?.id === one.id ? null : { id: one.id, title: one.title }
  }

  /** What is suggested; once that is taken, goes round. */
  function raise(): void {
    const draft = current()
    const now = draft.urgency ?? 'normal'
    const wished = said()?.urgency ?? 'normal'
    draft.urgency = now === 'normal' && wished !== 'normal' ? wished : LEVELS[(LEVELS.indexOf(now) + 1) % 3]!
  }

  function strikeLast(): void {
    const last = standing(current()).at(-1)
    if (last) current().struck = strike(current(), last)
  }

  return {
    category,
    unit,
    into,
    raise,
    strikeLast,
    categoryAt: (place: number) => take((now) => category(now.category[place])),
    unitAt: (place: number) => take((now) => unit(now.unit[place])),
    kind: () => take((now) => now.kind && (current().kind = now.kind)),
    similar: () => take((now) => into(now.similar.find((one) => one.open))),
  }
}
