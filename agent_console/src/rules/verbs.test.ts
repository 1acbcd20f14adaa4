import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { beginning, body, missing, offered, shown, VERBS, verbOf, type About } from './verbs'
import zh from '@/i18n/zh/ticket'
import terms from '@/i18n/zh/terms'

interface Shape {
  properties?: Record<string, unknown>
  required?: string[]
}
interface Described {
  paths: Record<string, { post?: { requestBody?: { content: Record<string, { schema: { $ref?: string } & Shape }> } } }>
  components: { schemas: Record<string, Shape> }
}
/** The server's own description, from which the types are made. */
const SERVER = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../openapi.json', import.meta.url)), 'utf8'),
) as Described

function shapeOf(verb: string): Shape {
  const schema = SERVER.paths[`/api/v1/tickets/{id}/${verb}`]?.post?.requestBody?.content['application/json']?.schema
  const name = schema?.$ref?.split('/').at(-1)
  return (name ? SERVER.components.schemas[name] : schema) ?? {}
}
const byVersion = Object.keys(SERVER.paths)
  .map((path) => /^\/api\/v1\/tickets\/\{id\}\/(\w+)$/.exec(path)?.[1])
  .filter((name): name is string => name !== undefined && (shapeOf(name).required ?? []).includes('version'))

describe('the forms and the server', () => {
  it('know the same verbs', () => {
    expect(new Set(VERBS.map((verb) => verb.name))).toEqual(new Set(byVersion))
  })

  it.each(VERBS.map((verb) => [verb.name, verb] as const))(
    '%s: the same fields, and no needed one is missing',
    (name, verb) => {
      const { properties = {}, required = [] } = shapeOf(name)
      const names = new Set(verb.fields.map((field) => field.name))
      expect([...names].filter((field) => !(field in properties))).toEqual([])
      expect(required.filter((field) => field !== 'version' && !names.has(field))).toEqual([])
    },
  )

  it('have a word for every verb, field and option', () => {
    for (const verb of VERBS) {
      expect(terms.event).toHaveProperty(verb.name)
      if (verb.grave) expect(zh.consequence).toHaveProperty(verb.name)
      for (const field of verb.fields) {
        expect(zh.fields).toHaveProperty(field.name)
        const words = { ...terms, ...zh.options } as Record<string, Record<string, string>>
        if (field.set) for (const option of field.options ?? []) expect(words[field.set]).toHaveProperty(option)
      }
    }
  })
})

const TICKET: About = {
  state: 'in_progress',
  assignments: [{ part: 'lead', stage: 'in_hand' }],
  requests: [],
  callbacks: [],
}
const names = (allowed: string[], more: Partial<About> = {}) =>
  offered(allowed, { ...TICKET, ...more }).map((verb) => verb.name)

describe('what is offered', () => {
  it('is what the server allows and what makes sense now', () => {
    expect(names(['grant_extension', 'deny_extension', 'urge'])).toEqual(['urge'])
    const requests = [{ asked: 'extension', decision: 'pending' }]
    expect(names(['grant_extension', 'request_extension', 'urge'], { requests })).toEqual(['grant_extension', 'urge'])
    expect(names(['sign'])).toEqual([])
    expect(names(['sign'], { assignments: [{ part: 'lead', stage: 'to_sign' }] })).toEqual(['sign'])
    expect(names(['recall'], { assignments: [{ part: 'assist', stage: 'in_hand' }] })).toEqual(['recall'])
    expect(names(['an_event_of_tomorrow'])).toEqual([])
  })

  it('begins with what is awaited: a shelved ticket goes on or stays shelved', () => {
    const found = offered(['rule', 'shelve', 'resume', 'urge'], { ...TICKET, state: 'suspended' })
    expect(found.map((verb) => verb.name)).toEqual(['resume', 'shelve', 'rule', 'urge'])
    expect(found.filter((verb) => verb.tone === 'main').map((verb) => verb.name)).toEqual(['resume'])
    expect(names(['resume', 'rule'])).toEqual(['rule', 'resume'])
  })

  it('has no key twice', () => {
    const all = offered(
      VERBS.map((verb) => verb.name),
      { ...TICKET, requests: [{ asked: 'return', decision: 'pending' }] },
    )
    const chords = all.flatMap((verb) => verb.chord ?? [])
    expect(new Set(chords).size).toBe(chords.length)
  })
})

describe('a form', () => {
  const reply = verbOf('reply')!
  it('asks why only when it is not solved, and says what is missing', () => {
    expect(shown(reply, { solved: 'yes' }).map((field) => field.name)).not.toContain('unsolved_reason')
    expect(missing(reply, { solved: 'no', account: '已处理', public_reply: ' ' })).toEqual([
      'unsolved_reason',
      'public_reply',
    ])
  })

  it('sends what is shown and filled in, numbers as numbers, with the version it was filled in upon', () => {
    const given = {
      solved: 'yes',
      unsolved_reason: '旧话',
      account: ' 已处理 ',
      public_reply: '已修好',
      found_true: false,
    }
    expect(body(reply, given, 7)).toEqual({
      solved: 'yes',
      account: '已处理',
      public_reply: '已修好',
      found_true: false,
      version: 7,
    })
    expect(body(verbOf('send_back')!, { solved: 'no', rating: '1' }, 3)).toEqual({
      solved: 'no',
      rating: 1,
      version: 3,
    })
    expect(beginning(verbOf('request_extension')!)).toEqual({ working_days: 5, citizen_informed: false })
  })

  it('passes down below one’s own unit, or asks any other for assistance', () => {
    const assist = verbOf('assist')!
    const kinds = (below: boolean) => shown(assist, { below }).map((field) => field.kind)
    expect(kinds(true)).toContain('below')
    expect(kinds(false)).toContain('unit')
  })

  it('offers 考核申诉 against the last bad result, and once', () => {
    const bad = (id: number) => ({ id, outcome: 'dissatisfied', ended_at: '2026-11-20T08:40:00+08:00' })
    const asked = (callback_id: number) => ({ asked: 'appeal', decision: 'refused', callback_id })
    const about = (calls: number[], appeals: number[]): About => ({
      state: 'callback',
      assignments: [],
      callbacks: calls.map(bad),
      requests: appeals.map(asked),
    })
    const names = (ticket: About) => offered(['appeal'], ticket).map((verb) => verb.name)
    expect(names(about([], []))).toEqual([])
    expect(names(about([1], []))).toEqual(['appeal'])
    expect(names(about([1], [1]))).toEqual([])
    expect(names(about([1, 2], [1]))).toEqual(['appeal'])
    expect(names(about([1, 2], [2]))).toEqual([])
  })
})
