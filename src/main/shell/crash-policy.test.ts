import { expect, test } from 'vitest'
import { crashWindowMs, createCrashPolicy } from './crash-policy.ts'

test('two crashes reload, the third within a minute stops', () => {
  const decide = createCrashPolicy()
  expect([decide(0), decide(10), decide(crashWindowMs - 1)]).toEqual(['reload', 'reload', 'stop'])
})

test('crashes further apart always reload', () => {
  const decide = createCrashPolicy()
  expect([0, 1, 2, 3, 4].map((step) => decide(step * (crashWindowMs / 2)))).toEqual(Array(5).fill('reload'))
})
