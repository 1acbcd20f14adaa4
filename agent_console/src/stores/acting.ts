/** Acting on a ticket: the verb in hand, what has been typed for it, and what happens when somebody was faster.
 * What is typed is kept through closing, reloading and a refusal, until it has been done or thrown away. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { extensionAsked } from '@/api/tickets'
import type { ExtensionAsked } from '@/api/types'
import { askedFor } from '@/rules/asked'
import type { Line } from '@/rules/timeline'
import { beginning, body, type Given, type Verb } from '@/rules/verbs'
import { useDirectory } from './directory'
import { useSession } from './session'
import type { TicketStore } from './ticket'

const place = (id: number, verb: string) => `hotline.typed.${id}.${verb}`

function typed(id: number, verb: Verb, asked: Given): Given {
  const begun = { ...beginning(verb), ...asked }
  try {
    const kept = sessionStorage.getItem(place(id, verb.name))
    return { ...begun, ...(kept ? (JSON.parse(kept) as Given) : {}) }
  } catch {
    return begun
  }
}

/** `failed` is told what was refused after its form had been closed; what was typed waits there. */
export function useActing(ticket: TicketStore, done: (verb: Verb) => void, failed: (id: number, verb: Verb) => void) {
  const directory = useDirectory()
  const session = useSession()
  const verb = ref<Verb | null>(null)
  const given = ref<Given>({})
  const busy = ref(false)
  const error = ref('')
  const faults = ref<Record<string, string>>({})
  const extension = shallowRef<ExtensionAsked | null>(null)
  const stale = ref<{ changes: Line[]; possible: boolean } | null>(null)
  /** The version the form was filled in upon: what came later has to be looked at first. */
  const upon = ref(0)
  const id = computed(() => ticket.sheet.value?.view.ticket.id ?? null)
  /** Pressed while another verb was on its way: it stands upon what that one does, so it opens after it. */
  let next: Verb | null = null

  function choose(wanted: Verb): void {
    if (id.value === null) return
    if (busy.value) {
      next = wanted
      return
    }
    verb.value = wanted
    given.value = typed(id.value, wanted, askedFor(wanted.name, ticket.sheet.value?.view.ticket.requests ?? []))
    upon.value = ticket.sheet.value?.view.ticket.version ?? 0
    error.value = ''
    faults.value = {}
    stale.value = null
    // Nothing to fill in and nothing to think twice about: it is done at once.
    if (!wanted.fields.length && !wanted.grave) return void submit()
    ticket.editing(true)
    void need(wanted)
  }

  async function need(wanted: Verb): Promise<void> {
    const kinds = new Set(wanted.fields.map((field) => field.kind))
    const asked = [
      ...((['unit', 'units', 'below'] as const).some((kind) => kinds.has(kind)) ? [directory.needUnits()] : []),
      ...(kinds.has('person') ? [directory.needPeople()] : []),
      ...(kinds.has('category') ? [directory.needCategories()] : []),
      ...(kinds.has('offer') && id.value !== null ? [offer(id.value)] : []),
    ]
    await Promise.all(asked).catch((wrong: unknown) => (error.value = wrong instanceof Error ? wrong.message : ''))
  }

  /** 延期: each number of days with the day it leads to. */
  async function offer(of: number): Promise<void> {
    extension.value = null
    extension.value = await extensionAsked(of)
  }

  watch(given, (now) => {
    if (verb.value && id.value !== null) sessionStorage.setItem(place(id.value, verb.value.name), JSON.stringify(now))
  })
  watch(id, (now, before) => before !== null && now !== before && close())

  function close(): void {
    verb.value = next = null
    stale.value = null
    ticket.editing(false)
  }

  function discard(): void {
    if (verb.value && id.value !== null) sessionStorage.removeItem(place(id.value, verb.value.name))
    close()
  }

  async function submit(): Promise<void> {
    const wanted = verb.value
    const about = id.value
    if (wanted === null || about === null || busy.value) return
    busy.value = true
    error.value = ''
    faults.value = {}
    try {
      const acted = await ticket.act(wanted.name, { ...body(wanted, given.value, upon.value), version: upon.value })
      if (acted.is === 'done') {
        const after = next
        sessionStorage.removeItem(place(about, wanted.name))
        // Closed meanwhile, or gone on to another ticket: what is open there is not its to close.
        if (verb.value === wanted) close()
        next = after
        done(wanted)
      } else if (verb.value !== wanted) failed(about, wanted)
      else if (acted.is === 'stale') stale.value = { changes: acted.changes, possible: acted.possible }
      else {
        error.value = Object.keys(acted.faults).length ? '' : acted.message
        faults.value = acted.faults
      }
    } finally {
      busy.value = false
      pressedMeanwhile()
    }
  }

  function pressedMeanwhile(): void {
    const wanted = next
    next = null
    const view = ticket.sheet.value?.view
    if (wanted && verb.value === null && view?.allowed.includes(wanted.name)) choose(wanted)
  }

  /** Seen what the others did: one's own on top of it. */
  async function apply(): Promise<void> {
    upon.value = ticket.sheet.value?.view.ticket.version ?? upon.value
    stale.value = null
    await submit()
  }

  /** Back to the form, which from now on stands upon what was just shown. */
  function back(): void {
    upon.value = ticket.sheet.value?.view.ticket.version ?? upon.value
    stale.value = null
  }

  const choices = computed(() => {
    const view = ticket.sheet.value?.view
    const own = session.person?.unit?.id
    return {
      units: directory.options,
      below: directory.below(own),
      people: directory.people,
      categories: directory.categories,
      assists: (view?.ticket.assignments ?? [])
        .filter((share) => share.part !== 'lead' && ['to_sign', 'in_hand', 'refused', 'replied'].includes(share.stage))
        .map((share) => ({ id: share.id, name: view?.units[share.unit_id] ?? directory.unitName(share.unit_id) })),
      regions: directory.regions,
      extension: extension.value,
    }
  })
  onScopeDispose(() => verb.value && ticket.editing(false))

  /** What `ui/ticket/TicketActions.vue` takes. */
  const actions = computed(() => {
    const view = ticket.sheet.value?.view
    return (
      view && {
        allowed: view.allowed,
        ticket: view.ticket,
        stateName: view.state_name,
        verb: verb.value,
        choices: choices.value,
        busy: busy.value,
        error: error.value,
        faults: faults.value,
        stale: stale.value,
        unitName: ticket.body.value!.unitName,
        personName: ticket.body.value!.personName,
      }
    )
  })

  return { verb, given, busy, error, faults, stale, actions, choose, close, discard, submit, apply, back }
}
