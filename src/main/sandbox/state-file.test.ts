import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createStateWriter, formatState, parseState, readStateFile, type SandboxState } from './state-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const state: SandboxState = {
  seed: 'jasni',
  keys: [
    {
      id: 'key-1',
      label: 'first',
      hash: 'a'.repeat(64),
      mask: 'jsk_live_…abcd',
      createdAtMs: 1,
      revokedAtMs: 2,
      endsAtMs: 3,
      scopes: ['emails'],
      accounts: null,
    },
  ],
  marks: { 'a@sandbox.test/INBOX/1': true },
}

describe('text of a state', () => {
  test('what is written is read again', () => {
    expect(parseState(formatState(state))).toEqual(state)
  })

  test('anything else is damaged, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(parseState(text)).toBeNull()
        },
      ),
    )
  })

  test.each([
    ['another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['a short hash', (text: string) => text.replace('a'.repeat(64), 'abc')],
    ['an unknown scope', (text: string) => text.replace('"emails"', '"everything"')],
    ['a cut file', (text: string) => text.slice(0, -20)],
  ])('%s is damaged', (_name, spoil) => {
    expect(parseState(spoil(formatState(state)))).toBeNull()
  })
})

describe('file of a state', () => {
  test('no file is nothing, a damaged one is moved aside', () => {
    const path = join(folder, 'sandbox.json')
    expect(readStateFile(path, 5)).toEqual({ found: 'nothing' })
    writeFileSync(path, '{"version":1')
    expect(readStateFile(path, 5)).toEqual({ found: 'damaged', movedTo: `${path}.damaged-5` })
    expect(readdirSync(folder)).toEqual(['sandbox.json.damaged-5'])
    expect(readFileSync(`${path}.damaged-5`, 'utf8')).toBe('{"version":1')
  })

  test('only its owner may read it, and no temporary file stays', () => {
    const path = join(folder, 'sandbox.json')
    const writer = createStateWriter(path, (code) => expect.unreachable(code))
    expect(writer.writeNow(formatState(state))).toBe(true)
    expect(readdirSync(folder)).toEqual(['sandbox.json'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readStateFile(path, 5)).toEqual({ found: 'state', state })
  })

  test('however writes interleave, the last text is in place when all have settled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('now', 'soon', 'wait'), { minLength: 1, maxLength: 12 }),
        async (steps) => {
          const path = join(folder, 'interleaved.json')
          rmSync(path, { force: true })
          const writer = createStateWriter(path, (code) => expect.unreachable(code))
          let count = 0
          for (const step of steps) {
            if (step === 'wait') await new Promise(setImmediate)
            else {
              count += 1
              if (step === 'now') writer.writeNow(String(count))
              else writer.writeSoon(() => String(count))
            }
          }
          await writer.settle()
          if (count > 0) expect(readFileSync(path, 'utf8')).toBe(String(count))
          expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a place that cannot be written is reported by its code', async () => {
    const codes: string[] = []
    const writer = createStateWriter(join(folder, 'missing', 'sandbox.json'), (code) => codes.push(code))
    expect(writer.writeNow('')).toBe(false)
    writer.writeSoon(() => '')
    await writer.settle()
    expect(codes).toEqual(['ENOENT', 'ENOENT'])
  })
})
