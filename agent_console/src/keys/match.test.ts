import { describe, expect, it } from 'vitest'
import { chordOf, printed, types, type Pressed } from './match'

const press = (key: string, code: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('chordOf', () => {
  it.each([
    [press('j', 'KeyJ'), 'J'],
    [press('J', 'KeyJ', { shiftKey: true }), 'Shift+J'],
    [press('Enter', 'Enter', { ctrlKey: true }), 'Ctrl+Enter'],
    [press('Enter', 'Enter', { metaKey: true }), 'Ctrl+Enter'],
    [press('å', 'KeyA', { altKey: true }), 'Alt+A'],
    [press('1', 'Digit1', { altKey: true }), 'Alt+1'],
    [press('?', 'Slash', { shiftKey: true }), '?'],
    [press('+', 'Equal', { shiftKey: true }), '+'],
    [press('Escape', 'Escape'), 'Escape'],
    [press('!', 'Digit1', { shiftKey: true }), '!'],
  ])('%o is %s', (event, chord) => expect(chordOf(event)).toBe(chord))

  it('leaves the input method alone', () => {
    expect(chordOf(press('j', 'KeyJ', { isComposing: true }))).toBeNull()
    expect(chordOf(press('Process', 'KeyJ', { keyCode: 229 }))).toBeNull()
    expect(chordOf(press('Shift', 'ShiftLeft', { shiftKey: true }))).toBeNull()
  })
})

describe('types', () => {
  it.each([
    ['J', true],
    ['?', true],
    ['Enter', true],
    ['Shift+J', true],
    ['Alt+A', false],
    ['Ctrl+Enter', false],
    ['Escape', false],
  ])('%s: %s', (chord, expected) => expect(types(chord)).toBe(expected))
})

describe('printed', () => {
  it('speaks the language of the keyboard', () => {
    expect(printed('Ctrl+Enter', false)).toBe('Ctrl+Enter')
    expect(printed('Alt+A', true)).toBe('⌥A')
    expect(printed('G A', false)).toBe('G A')
    expect(printed('+', false)).toBe('+')
  })
})
