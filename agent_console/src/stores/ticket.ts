/** One ticket with everything that belongs to it, kept true while it is looked at. */
import { computed, onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { ApiError, sentence } from '@/api/http'
import * as server from '@/api/tickets'
import { outlook } from '@/api/supervision'
import type { AttachmentView, HistoryLine, Surroundings, TicketView, Why } from '@/api/types'
import { since, type Line } from '@/rules/timeline'
import { useDirectory } from './directory'
import { useLive } from './live'
import { useSession } from './session'

export interface Sheet {
  view: TicketView
  history: HistoryLine[]
  deadlines: Why[]
  attachments: AttachmentView[]
  around: Surroundings
  /** Only for those who may press a unit. */
  risk: { chance: number; because: string[] } | null
}

/** How an attempt to act ended. */
export type Acted =
  | { is: 'done' }
  /** Somebody was faster: what they did, and whether one's own act is still possible. */
  | { is: 'stale'; changes: Line[]; possible: boolean }
  | { is: 'refused'; message: string; faults: Record<string, string> }

const GATHER = 80
const OPEN_STATES = new Set<string>([
  'registered',
  'consulting',
  'dispatched',
  'in_progress',
  'return_review',
  'rework',
])

async function whole(id: number, presses: boolean): Promise<Sheet> {
  const [view, history, deadlines, attachments, around, risk] = await Promise.all([
    server.ticketView(id),
    server.ticketHistory(id),
    server.ticketDeadlines(id),
    server.ticketAttachments(id),
    server.ticketSurroundings(id),
    // A reckoning beside the ticket: without it the page is whole.
    presses
      ? outlook({ ticket: id }).then(
          ({ items }) => items[0] ?? null,
          () => null,
        )
      : null,
  ])
  return { view, history: history.items, deadlines: deadlines.items, attachments: attachments.items, around, risk }
}

export function useTicket(id: MaybeRefOrGetter<number | null>) {
  const live = useLive()
  const session = useSession()
  const sheet = shallowRef<Sheet | null>(null)
  const loading = ref(false)
  const error = ref('')
  const gone = ref(false)
  /** The version with which the page was opened, or the last of one's own: what is later is shown as new. */
  const seen = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = 0
  let newest = Promise.resolve()

  /** Done when the newest reading is: whoever waits for it sees what it brought. */
  function load(): Promise<void> {
    return (newest = read(++reading))
  }

  async function read(mine: number): Promise<void> {
    const wanted = toValue(id)
    if (wanted === null) {
      sheet.value = null
      return
    }
    loading.value = true
    try {
      const found = await whole(wanted, session.has('supervisor', 'centre_leader'))
      if (mine !== reading) return await newest
      sheet.value = found
      if (!seen.value) seen.value = found.view.ticket.version
      gone.value = false
      error.value = ''
      // Read while it changed, the parts tell of different moments: once more, and it is whole.
      if (found.history.at(-1)?.seq !== found.view.ticket.version) again()
    } catch (wrong) {
      if (mine !== reading) return await newest
      gone.value = wrong instanceof ApiError && wrong.status === 404
      error.value = sentence(wrong)
      if (gone.value) sheet.value = null
    } finally {
      if (mine === reading) loading.value = false
    }
  }

  function again(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, GATHER)
  }

  watch(
    () => toValue(id),
    (now, before) => {
      if (before != null) live.leave(before)
      if (now !== null) live.look(now)
      sheet.value = null
      seen.value = 0
      gone.value = false
      error.value = ''
      void load()
    },
    { immediate: true },
  )
  live.listen({
    moved: (event) => {
      if (event.ticket.id === toValue(id) && event.version > (sheet.value?.view.ticket.version ?? 0)) again()
    },
    stale: again,
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    const left = toValue(id)
    if (left !== null) live.leave(left)
  })

  /** `body` bears the version that the person was looking at. */
  async function act(verb: string, body: Record<string, unknown> & { version: number }): Promise<Acted> {
    const wanted = toValue(id)
    if (wanted === null) return { is: 'refused', message: '', faults: {} }
    try {
      const changed = await server.act(wanted, verb, body)
      if (wanted !== toValue(id)) return { is: 'done' }
      seen.value = changed.version
      await load()
      return { is: 'done' }
    } catch (wrong) {
      return refused(wrong, verb, body.version)
    }
  }

  async function refused(wrong: unknown, verb: string, version: number): Promise<Acted> {
    const told = { is: 'refused', message: sentence(wrong), faults: faultsOf(wrong) } as const
    if (!(wrong instanceof ApiError) || ![403, 409, 422].includes(wrong.status)) return told
    if (Object.keys(told.faults).length) return told
    await load()
    const changes = since(sheet.value?.history ?? [], version)
    if (!changes.length) return told
    return { is: 'stale', changes, possible: sheet.value?.view.allowed.includes(verb) ?? false }
  }

  async function attach(file: File, audience: 'internal' | 'public', progress: (share: number) => void): Promise<void> {
    const wanted = toValue(id)
    if (wanted === null) return
    const { version } = await server.attach(wanted, file, audience, progress)
    seen.value = version
    await load()
  }

  const people = computed(() => {
    const here = toValue(id)
    return here === null ? [] : live.present(here)
  })
  const editing = (on: boolean) => {
    const here = toValue(id)
    if (here !== null) (on ? live.edit : live.look)(here)
  }

  const directory = useDirectory()
  void directory.needUnits().catch(() => undefined)

  /** What `ui/ticket/TicketBody.vue` takes. */
  const body = computed(() => {
    const read = sheet.value
    if (!read) return null
    const { view, around } = read
    const units: Record<string, string> = { ...around.units, ...view.units }
    return {
      ticket: view.ticket,
      matter: view.matter,
      citizen: view.petitioner,
      replies: view.replies,
      history: read.history as Line[],
      deadlines: read.deadlines,
      files: read.attachments,
      linked: around.linked,
      people: people.value,
      unitName: (unit: number) => units[unit] ?? directory.unitName(unit),
      personName: (person: number) => around.people[person] ?? '',
      categoryName: (code: string) => around.categories[code] ?? code,
      // That somebody of the centre works at the centre need not stand on every line.
      whereName: (unit: number) => (directory.isCentre(unit) ? '' : (units[unit] ?? directory.unitName(unit))),
      fileAddress: (number: number) => server.attachmentAddress(view.ticket.id, number),
      region: around.region,
      category: around.category,
      answer: around.direct_answer,
      rated: around.direct_rating,
      // What is done is not expected any more.
      expected: OPEN_STATES.has(view.ticket.state) ? around.expected : null,
      risk: read.risk,
      queryCode: view.query_code,
      seen: seen.value,
      attach,
    }
  })

  return { sheet, body, loading, error, gone, seen, people, load, act, attach, editing }
}

export type TicketStore = ReturnType<typeof useTicket>

function faultsOf(wrong: unknown): Record<string, string> {
  const errors = wrong instanceof ApiError ? wrong.data.errors : null
  if (!Array.isArray(errors)) return {}
  return Object.fromEntries((errors as { field: string; message: string }[]).map((one) => [one.field, one.message]))
}
