import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { operationsPlugin } from './operations.ts'

export default defineConfig({
  plugins: [operationsPlugin()],
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/**/*.test.ts'],
    // Those install a package on this machine: a stage of their own in `npm test`.
    exclude: ['scripts/install/**'],
    environment: 'node',
    pool: 'forks',
    // Two cores are the smallest machine that must stay fast.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
