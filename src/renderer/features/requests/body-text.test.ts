import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colouredCharsMax, colourJson, indentJson } from './body-text.ts'

describe('body text', () => {
  test('JSON is indented, anything else stays', () => {
    expect(indentJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}')
    expect(indentJson('{"a":')).toBe('{"a":')
    expect(indentJson('<html>')).toBe('<html>')
  })

  test('numbers, the order of members and doubled names are shown as they came', () => {
    const text = '{"id":12345678901234567890,"b":1.50,"2":[],"1":{ },"b":"\\u0041, \\"x\\": {"}'
    expect(indentJson(text)).toBe(
      '{\n  "id": 12345678901234567890,\n  "b": 1.50,\n  "2": [],\n  "1": {},\n  "b": "\\u0041, \\"x\\": {"\n}',
    )
    const deep = ` ${'['.repeat(5000)}${']'.repeat(5000)}`
    expect(indentJson(deep)).toBe(deep)
  })

  test('JSON of any kind is indented as usual, whatever white space it came with', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 7, '\t'), (json, space) => {
        const value: unknown = JSON.parse(json)
        expect(indentJson(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2))
      }),
    )
  })

  test('keys, strings, numbers and marks are told apart', () => {
    expect(colourJson('{"a": "b\\"c", "n": -1.5e3, "t": true}').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'mark {',
      'key "a"',
      'mark :',
      'plain  ',
      'string "b\\"c"',
      'mark ,',
      'plain  ',
      'key "n"',
      'mark :',
      'plain  ',
      'number -1.5e3',
      'mark ,',
      'plain  ',
      'key "t"',
      'mark :',
      'plain  ',
      'number true',
      'mark }',
    ])
  })

  test('a page of HTML and a very long body are one piece', () => {
    expect(colourJson('<p>1</p>')).toHaveLength(1)
    expect(colourJson(`["${'a'.repeat(colouredCharsMax)}"]`)).toHaveLength(1)
  })

  test('pieces joined are the text, cut off or not', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        const text = indentJson(json)
        const part = text.slice(0, cut % (text.length + 1))
        for (const body of [text, part]) {
          expect(
            colourJson(body)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(body)
        }
      }),
    )
  })
})
