import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineCharsMax, splitBody } from './body-lines.ts'
import { indentJson } from './body-text.ts'

const join = (text: string) =>
  splitBody(text)
    .lines.map(({ pieces }) => pieces.map((piece) => piece.text).join(''))
    .join('\n')

describe('lines of a body', () => {
  test('the lines joined are the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.string()).map((lines) => lines.join('\n')),
        ),
        (text) => {
          expect(join(text)).toBe(indentJson(text))
        },
      ),
    )
  })

  test('a long body is split without colours', () => {
    const text = Array.from({ length: 40_000 }, (_, index) => `line ${index}`).join('\n')
    const { lines, cut } = splitBody(text)
    expect(lines).toHaveLength(40_000)
    expect(cut).toBe(0)
    expect(join(text)).toBe(text)
  })

  test('a line of 50 MB is cut, and says by how much', () => {
    const text = 'x'.repeat(50 * 1024 * 1024)
    const { lines, cut } = splitBody(text)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.pieces[0]?.text).toHaveLength(lineCharsMax)
    expect(cut).toBe(text.length - lineCharsMax)
  })

  test('a long line of coloured JSON keeps its beginning', () => {
    const { lines, cut } = splitBody(JSON.stringify({ html: 'y'.repeat(10_000) }))
    expect(cut).toBeGreaterThan(0)
    expect(lines[1]?.cut).toBe(cut)
    expect(lines[1]?.pieces[0]).toEqual({ kind: 'plain', text: '  ' })
  })
})
