import { expect, test } from 'vitest'
import { describeImportNote } from './import-text.ts'
import { ImportNote } from './model/console.ts'

test.each(ImportNote.shape.kind.options)('what was left out is one sentence: %s', (kind) => {
  const told = describeImportNote({ kind, names: ['one', 'two'] })
  expect(told).toMatch(/^[A-Z][^.!]*\.$/)
  if (['headers', 'parameters', 'options'].includes(kind)) expect(told).toContain('one, two')
})
