import { describe, expect, test } from 'vitest'
import { describeShortcut, formatShortcut, type KeyLike, matchesPress, parseShortcut, readStroke } from './shortcut.ts'

function press(key: string, held: Partial<KeyLike> = {}): KeyLike {
  return { key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held }
}

function matches(shortcut: string, event: KeyLike, mac = false): boolean {
  const [wanted] = parseShortcut(shortcut)
  return wanted !== undefined && matchesPress(wanted, event, mac)
}

describe('presses', () => {
  test('mod is Ctrl, and Cmd on a Mac', () => {
    expect(matches('Mod+K', press('k', { ctrlKey: true }))).toBe(true)
    expect(matches('Mod+K', press('k', { metaKey: true }))).toBe(false)
    expect(matches('Mod+K', press('k', { metaKey: true }), true)).toBe(true)
    expect(matches('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false)
    expect(matches('Mod+K', press('k', { ctrlKey: true, metaKey: true }))).toBe(false)
  })

  test('a letter alone is not meant with a modifier, nor in capitals', () => {
    expect(matches('R', press('r'))).toBe(true)
    expect(matches('R', press('r', { ctrlKey: true }))).toBe(false)
    expect(matches('R', press('R', { shiftKey: true }))).toBe(false)
    expect(matches('Shift+R', press('R', { shiftKey: true }))).toBe(true)
  })

  test('signs are meant on every layout, digits too', () => {
    expect(matches('/', press('/'))).toBe(true)
    expect(matches('/', press('/', { shiftKey: true }))).toBe(true)
    expect(matches('Mod+1', press('1', { ctrlKey: true, shiftKey: true }))).toBe(true)
  })

  test('named keys keep their name', () => {
    expect(matches('Escape', press('Escape'))).toBe(true)
    expect(matches('Alt+ArrowUp', press('ArrowUp', { altKey: true }))).toBe(true)
  })
})

describe('sequences', () => {
  const shortcuts = ['G I', 'G K', 'Mod+K', 'K']

  test('the first press begins, the second hits', () => {
    const begun = readStroke(shortcuts, [], press('g'), false)
    expect(begun).toEqual({ kind: 'begun', presses: [press('g')] })
    expect(readStroke(shortcuts, [press('g')], press('k'), false)).toEqual({ kind: 'hit', shortcut: 'G K' })
  })

  test('a press that goes nowhere in a sequence is read by itself', () => {
    expect(readStroke(shortcuts, [press('g')], press('k', { ctrlKey: true }), false)).toEqual({
      kind: 'hit',
      shortcut: 'Mod+K',
    })
    expect(readStroke(shortcuts, [press('g')], press('x'), false)).toEqual({ kind: 'none' })
  })

  test('unknown presses are left alone', () => {
    expect(readStroke(shortcuts, [], press('x'), false)).toEqual({ kind: 'none' })
    expect(readStroke([], [], press('k'), false)).toEqual({ kind: 'none' })
  })
})

describe('print', () => {
  test('keys are named as on the keyboard', () => {
    expect(formatShortcut('Mod+K', true)).toEqual(['⌘K'])
    expect(formatShortcut('Mod+K', false)).toEqual(['Ctrl K'])
    expect(formatShortcut('G I', false)).toEqual(['G', 'I'])
    expect(formatShortcut('Alt+ArrowUp', false)).toEqual(['Alt ↑'])
    expect(formatShortcut('Escape', true)).toEqual(['Esc'])
  })

  test('assistive technology gets the standard names', () => {
    expect(describeShortcut('Mod+K', true)).toBe('Meta+K')
    expect(describeShortcut('Mod+Shift+K', false)).toBe('Control+Shift+K')
    expect(describeShortcut('G I', false)).toBe('G I')
  })
})
