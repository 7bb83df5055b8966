import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  // Each worker has a display, a bus and a keyring of its own, so files may run side by side.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  // A second chance would hide a race.
  retries: 0,
  // Bounds for a slow machine with two apps at work, not measures: every wait ends with what it waits for.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    { name: 'app', testMatch: '**/*.spec.ts' },
    { name: 'shots', testMatch: 'shots*.ts' },
  ],
})
