/**
 * The one key map. A page says its keys while it is shown; a dialog's keys lie above the page's; `?` shows them all.
 * A key that types something is never taken from a text field, nothing is taken while an input method composes.
 */
import { onBeforeUnmount, onMounted, shallowReactive, type MaybeRefOrGetter, toValue } from 'vue'
import { chordOf, printed, types, type Chord } from './match'

export interface Key {
  chord: Chord
  /** What it does, in the reader's language. */
  label: MaybeRefOrGetter<string>
  run: (event: KeyboardEvent) => void
  /** Not offered and not taken while this is false. */
  when?: () => boolean
  /** Also when the caret is in a text field, though the key types something (Enter in a search box). */
  inFields?: boolean
}

interface Layer {
  title: MaybeRefOrGetter<string>
  keys: readonly Key[]
  /** The keys below do not work while this layer is shown. */
  modal: boolean
}

const layers = shallowReactive<Layer[]>([])
let first: { chord: Chord; at: number } | null = null
const PATIENCE = 1200

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)
export const keyText = (chord: Chord) => printed(chord, isMac)

/** The keys of a component, from the moment it is shown until it is gone. */
export function useKeys(
  title: MaybeRefOrGetter<string>,
  keys: readonly Key[],
  options: { modal?: boolean } = {},
): void {
  const layer: Layer = { title, keys, modal: options.modal ?? false }
  onMounted(() => layers.push(layer))
  onBeforeUnmount(() => {
    const place = layers.indexOf(layer)
    if (place >= 0) layers.splice(place, 1)
  })
}

export interface KeyGroup {
  /** Empty: keys that stand on buttons, each named by its button. */
  title: string
  keys: { chord: string; label: string }[]
}

/** What `?` shows: what works now, the nearest first; a key that does nothing now is not in it, no group comes twice. */
export function shownKeys(): KeyGroup[] {
  const groups = new Map<string, KeyGroup>()
  for (const layer of working()) {
    const keys = layer.keys
      .filter((key) => key.when?.() ?? true)
      .map((key) => ({ chord: keyText(key.chord), label: toValue(key.label) }))
    const title = toValue(layer.title)
    const name = keys.length === 1 && keys[0]!.label === title ? '' : title
    if (!keys.length) continue
    const group = groups.get(name) ?? { title: name, keys: [] }
    group.keys.push(...keys.filter((key) => !group.keys.some((known) => known.chord === key.chord)))
    groups.set(name, group)
  }
  return [...groups.values()]
}

function working(): Layer[] {
  const nearest = [...layers].reverse()
  const wall = nearest.findIndex((layer) => layer.modal)
  return wall < 0 ? nearest : nearest.slice(0, wall + 1)
}

function inField(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0]
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
}

/** A lone Enter or space on a button presses that button. */
function onControl(event: KeyboardEvent, chord: Chord): boolean {
  if (chord !== 'Enter' && chord !== ' ') return false
  const target = event.composedPath()[0]
  return target instanceof HTMLElement && target.closest('button, a, [role=button], [role=option], [role=tab]') !== null
}

function take(event: KeyboardEvent): void {
  if (event.defaultPrevented) return
  const chord = chordOf(event)
  if (chord === null) return
  const now = performance.now()
  const pair = first && now - first.at < PATIENCE ? `${first.chord} ${chord}` : null
  first = null
  const field = inField(event)
  const candidates = working().flatMap((layer) => layer.keys)
  for (const wanted of pair ? [pair, chord] : [chord]) {
    const found = candidates.find(
      (key) =>
        key.chord === wanted &&
        (key.when?.() ?? true) &&
        (!field || key.inFields || !types(chord)) &&
        (key.inFields || !onControl(event, chord)),
    )
    if (found) {
      event.preventDefault()
      found.run(event)
      return
    }
  }
  if (!field && candidates.some((key) => key.chord.startsWith(`${chord} `))) first = { chord, at: now }
}

/** A box of choices keeps every Enter to itself; with Ctrl it is the form's. */
function takeFromChoices(event: KeyboardEvent): void {
  const target = event.composedPath()[0]
  if (chordOf(event) !== 'Ctrl+Enter' || !(target instanceof Element) || !target.closest('.el-select')) return
  take(event)
  if (event.defaultPrevented) event.stopPropagation()
}

export function listenToKeys(): void {
  window.addEventListener('keydown', takeFromChoices, { capture: true })
  window.addEventListener('keydown', take)
}
