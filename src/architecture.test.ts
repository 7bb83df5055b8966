import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const nodeBuiltIn = /^node:/

interface Rule {
  readonly folder: string
  /** Folders (or files) of this repository that may be imported. */
  readonly inside: readonly string[]
  /** Packages that may be imported. */
  readonly packages: readonly RegExp[]
}

const anyPackageBut = (...names: string[]) => new RegExp(`^(?!node:|(?:${names.join('|')})(?:/|$))`)

// The table of ARCHITECTURE.md. The first folder that holds a file decides.
const rules: readonly Rule[] = [
  { folder: 'src/shared', inside: ['src/shared'], packages: [/^zod\/mini$/] },
  { folder: 'src/main/core', inside: ['src/shared', 'src/main/core'], packages: [] },
  {
    folder: 'src/main/adapters',
    inside: ['src/shared', 'src/main/core/ports.ts', 'src/main/core/log/redaction.ts', 'src/main/adapters'],
    packages: [nodeBuiltIn, anyPackageBut('electron', 'react', 'zustand')],
  },
  {
    folder: 'src/main/sandbox',
    inside: ['src/shared/limits.ts', 'src/main/sandbox'],
    packages: [nodeBuiltIn, anyPackageBut('electron', 'react', 'zustand', 'undici', 'keytar')],
  },
  { folder: 'src/main/handlers', inside: ['src/shared', 'src/main/core', 'src/main/handlers'], packages: [] },
  { folder: 'src/main/gateway', inside: ['src/shared', 'src/main/core', 'src/main/gateway'], packages: [nodeBuiltIn] },
  { folder: 'src/main/cli', inside: ['src/shared', 'src/main/core', 'src/main/cli'], packages: [nodeBuiltIn] },
  {
    folder: 'src/main/shell',
    inside: ['src/shared', 'src/main'],
    packages: [nodeBuiltIn, /^electron$/, /^zod\/mini$/],
  },
  { folder: 'src/main/index.ts', inside: ['src/shared', 'src/main'], packages: [nodeBuiltIn] },
  { folder: 'src/preload', inside: ['src/shared/contract.ts'], packages: [/^electron$/] },
  {
    folder: 'src/renderer',
    inside: ['src/shared', 'src/renderer'],
    packages: [
      /^react(-dom)?(\/|$)/,
      /^zustand(\/|$)/,
      /^uplot(\/|$)/,
      /^@base-ui\/react(\/|$)/,
      /^@tanstack\/react-virtual$/,
      /^@fontsource-variable\//,
      /^@codemirror\//,
      /^@lezer\/highlight$/,
    ],
  },
]

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return listSources(path)
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const importText =
  /(?:import|export)\s+(?:[^'"]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)|require\(\s*'([^']+)'\s*\)/g

/** Import specifiers of a source text, static and dynamic. */
function importsOf(source: string): string[] {
  return [...source.matchAll(importText)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

// Parts of tests that several of them share; no source but a test reaches them.
const testFolder = /\/fixtures\//
const testPackages = [/^fast-check$/, /^zod\//]

/** What a file imports against the table, as sentences; empty when it keeps the rules. */
function violationsOf(file: string, source: string): string[] {
  const rule = rules.find(({ folder }) => isInside(file, folder))
  if (rule === undefined) return [`${file} lies in no folder of the table`]
  return importsOf(source).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = relative(root, resolve(root, dirname(file), specifier))
      return rule.inside.some((place) => isInside(target, place)) ? [] : [`${file} imports ${target}`]
    }
    const packages = testFolder.test(file) ? [...rule.packages, ...testPackages] : rule.packages
    return packages.some((pattern) => pattern.test(specifier)) ? [] : [`${file} imports ${specifier}`]
  })
}

describe('import rules', () => {
  const files = listSources(join(root, 'src')).map((path) => relative(root, path))

  test('every source keeps the table of ARCHITECTURE.md', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(files.flatMap((file) => violationsOf(file, readFileSync(join(root, file), 'utf8')))).toEqual([])
  })

  test('no source but a test reaches the parts of tests', () => {
    const reaching = files.filter(
      (file) =>
        !testFolder.test(file) &&
        importsOf(readFileSync(join(root, file), 'utf8')).some((specifier) => testFolder.test(specifier)),
    )
    expect(reaching).toEqual([])
  })

  test('only renderer/api touches the bridge', () => {
    const outside = files.filter((file) => isInside(file, 'src/renderer') && !isInside(file, 'src/renderer/api'))
    const touching = outside.filter((file) =>
      /\bwindow\.bridge\b|\bglobalThis\.bridge\b/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(touching).toEqual([])
  })

  test.each([
    ['src/main/core/vault/x.ts', "import { readFile } from 'node:fs'"],
    ['src/main/core/vault/x.ts', "import { app } from 'electron'"],
    ['src/main/core/vault/x.ts', "const keytar = await import('keytar')"],
    ['src/main/core/fixtures/x.ts', "import { app } from 'electron'"],
    ['src/main/core/vault/x.ts', "import fc from 'fast-check'"],
    ['src/main/sandbox/x.ts', "import { redactText } from '../core/log/redaction.ts'"],
    ['src/main/handlers/x.ts', "import { x } from '../adapters/system-clock.ts'"],
    ['src/main/adapters/x.ts', "import { app } from 'electron'"],
    ['src/renderer/x.tsx', "import { x } from '../main/core/ports.ts'"],
    ['src/renderer/x.tsx', "import 'node:fs'"],
    ['src/preload/x.ts', "export { x } from '../main/index.ts'"],
    ['src/shared/x.ts', "import react from 'react'"],
    ['src/elsewhere/x.ts', ''],
  ])('a forbidden import in %s is found: %s', (file, source) => {
    expect(violationsOf(file, source)).toHaveLength(1)
  })
})
