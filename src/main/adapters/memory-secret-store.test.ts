import { expect, test } from 'vitest'
import { describeOpenSecretStore } from './fixtures/secret-store-contract.ts'
import { createMemorySecretStore } from './memory-secret-store.ts'

describeOpenSecretStore('memory store', async () => createMemorySecretStore())

test('memory says of itself that it is memory, and forgets with the process', async () => {
  const store = createMemorySecretStore()
  expect(await store.status(true)).toEqual({ status: 'memory', familiar: true })
  await store.write('a.1', 'jsk_live_value')
  expect(await createMemorySecretStore().read('a.1')).toEqual({ ok: true, value: null })
})
