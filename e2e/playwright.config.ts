import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  // Each worker has a display, a bus and a keyring of its own, so files may run side by side.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  // A second chance would hide a race.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  projects: [
    { name: 'app', testMatch: '**/*.spec.ts' },
    { name: 'shots', testMatch: 'shots*.ts' },
  ],
})
