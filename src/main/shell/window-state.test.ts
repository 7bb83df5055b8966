import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { placeWindow, readWindowState, windowSize, writeWindowState } from './window-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'jasni-window-'))
afterAll(() => rmSync(folder, { recursive: true }))
const state = { bounds: { x: 10, y: 20, width: 1300, height: 900 }, maximised: true }

describe('window state', () => {
  test('comes back as it was kept, without a stray file', () => {
    const file = join(folder, 'window.json')
    expect(writeWindowState(file, state)).toBe(true)
    expect(readWindowState(file)).toEqual(state)
    expect(existsSync(`${file}.new`)).toBe(false)
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"bounds":{},"maximised":true}',
    '{"bounds":{"x":0,"y":0,"width":1e9,"height":5},"maximised":false}',
    '{"bounds":{"x":0.5,"y":0,"width":10,"height":5},"maximised":false}',
  ])('%j counts as none', (text) => {
    const file = join(folder, 'bad.json')
    writeFileSync(file, text)
    expect(readWindowState(file)).toBeNull()
  })

  test('a missing file or folder costs nothing', () => {
    expect(readWindowState(join(folder, 'none.json'))).toBeNull()
    expect(writeWindowState(join(folder, 'none/window.json'), state)).toBe(false)
  })

  test('a failed write leaves the old file', () => {
    const file = join(folder, 'kept.json')
    writeWindowState(file, state)
    const before = readFileSync(file, 'utf8')
    expect(writeWindowState(join(folder, 'kept.json/x'), state)).toBe(false)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})

const screen = { x: 0, y: 0, width: 1920, height: 1080 }
const right = { x: 1920, y: 0, width: 1280, height: 720 }

describe('placeWindow', () => {
  test('a first window is centred', () => {
    expect(placeWindow(null, [screen])).toEqual({ x: 320, y: 140, width: 1280, height: 800 })
  })

  test('a kept place on a display stays', () => {
    expect(placeWindow({ x: 100, y: 50, width: 1000, height: 700 }, [screen, right])).toEqual({
      x: 100,
      y: 50,
      width: 1000,
      height: 700,
    })
  })

  test('a window half outside is moved in', () => {
    expect(placeWindow({ x: 1500, y: -40, width: 1000, height: 700 }, [screen])).toEqual({
      x: 920,
      y: 0,
      width: 1000,
      height: 700,
    })
  })

  test('a window on a display that is gone is centred on the first one, in its size', () => {
    expect(placeWindow({ x: 2000, y: 10, width: 1000, height: 700 }, [screen])).toEqual({
      x: 460,
      y: 190,
      width: 1000,
      height: 700,
    })
  })

  test('a window larger than its display shrinks to it', () => {
    expect(placeWindow({ x: 1930, y: 0, width: 1900, height: 1000 }, [screen, right])).toEqual(right)
  })

  test('without any display it still has a size', () => {
    expect(placeWindow(null, [])).toEqual({ x: 0, y: 0, width: windowSize.width, height: windowSize.height })
  })

  test('it always lies wholly on one display', () => {
    const area = fc.record({
      x: fc.integer({ min: -5000, max: 5000 }),
      y: fc.integer({ min: -5000, max: 5000 }),
      width: fc.integer({ min: 640, max: 4000 }),
      height: fc.integer({ min: 480, max: 3000 }),
    })
    const kept = fc.record({
      x: fc.integer({ min: -9000, max: 9000 }),
      y: fc.integer({ min: -9000, max: 9000 }),
      width: fc.integer({ min: 1, max: 9000 }),
      height: fc.integer({ min: 1, max: 9000 }),
    })
    fc.assert(
      fc.property(fc.option(kept), fc.array(area, { minLength: 1, maxLength: 4 }), (place, displays) => {
        const at = placeWindow(place, displays)
        const inside = displays.some(
          (display) =>
            at.x >= display.x &&
            at.y >= display.y &&
            at.x + at.width <= display.x + display.width &&
            at.y + at.height <= display.y + display.height,
        )
        expect(inside).toBe(true)
      }),
    )
  })
})
