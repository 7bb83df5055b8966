import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The tests of the installed package. Each goes on where the one before it ended. */
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['scripts/install/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 1,
    sequence: { concurrent: false },
    bail: 1,
    testTimeout: 400_000,
    hookTimeout: 600_000,
  },
})
