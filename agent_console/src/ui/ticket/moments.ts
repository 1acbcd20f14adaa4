/** History lines in the reader's words. */
import { minute } from '@/rules/when'
import { callOf, parts, toneOf, type Line, type Moment, type Part } from '@/rules/timeline'
import { spokenNumber } from '@/rules/text'
import { useWords } from '../words'

export interface Names {
  unit: (id: number) => string
  person: (id: number) => string
  category?: ((code: string) => string) | undefined
  /** The unit from which somebody acted, where it is worth saying. */
  where?: ((id: number) => string) | undefined
}

export function useMoments() {
  const { t, term } = useWords()

  function value(part: Part, names: Names): string {
    switch (part.is) {
      case 'unit':
        return part.units.map((id) => names.unit(id) || String(id)).join('、')
      case 'person':
        return names.person(part.person)
      case 'term':
        return term(part.set, part.value)
      case 'moment':
        return minute(part.at)
      case 'flag':
        return t(part.yes ? 'ticket.actions.yes' : 'ticket.actions.no')
      case 'ticket':
        return spokenNumber(part.id)
      case 'category':
        return (names.category?.(part.code) ?? part.code).replaceAll('/', ' › ')
      case 'shift':
        return part.from ? `${minute(part.from)} → ${minute(part.to)}` : minute(part.to)
      case 'text':
        return part.text
    }
  }

  function moment(line: Line, names: Names, seen = Infinity): Moment {
    return {
      key: line.seq,
      at: line.at,
      what: term('event', line.event),
      who: line.actor,
      where: line.actor_unit === null ? undefined : (names.where ?? names.unit)(line.actor_unit) || undefined,
      moved: line.source !== null && line.source !== line.target ? [line.source, line.target] : undefined,
      text: line.reason || undefined,
      details: parts(line).flatMap((part) => {
        const words = value(part, names)
        const name = part.is === 'shift' ? term('clock', part.clock) : t(`ticket.fields.${part.name}`)
        return words ? [[name, words] as const] : []
      }),
      call: callOf(line),
      tone: toneOf(line),
      fresh: line.seq > seen,
    }
  }

  return { moment }
}
