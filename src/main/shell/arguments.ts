import { resolve } from 'node:path'

/** What the command line asks for. Unknown arguments belong to Chromium and are left alone. */
export interface Arguments {
  /** Absolute profile folder, or null for the default one. */
  readonly profile: string | null
  /** Port for the local sandbox; 0 is any free one; null is the product's default. */
  readonly sandboxPort: number | null
  /** Absolute file for a picture of the window; the app ends after it. */
  readonly screenshot: string | null
  readonly logToStderr: boolean
  /** Appearance for this run only. */
  readonly theme: 'dark' | 'light' | null
}

function readPort(text: string | null): number | null {
  if (text === null || !/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port <= 65_535 ? port : null
}

/** Reads `--name=value` and `--name value`; what is malformed counts as not given. */
export function parseArguments(argv: readonly string[], workingFolder: string): Arguments {
  const readValue = (name: string): string | null => {
    const index = argv.findIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`))
    const argument = argv[index]
    if (argument === undefined) return null
    const value = argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : argv[index + 1]
    return value === undefined || value === '' || value.startsWith('--') ? null : value
  }
  const profile = readValue('profile')
  const screenshot = readValue('screenshot')
  const theme = readValue('theme')
  return {
    profile: profile === null ? null : resolve(workingFolder, profile),
    sandboxPort: readPort(readValue('sandbox-port')),
    screenshot: screenshot === null ? null : resolve(workingFolder, screenshot),
    logToStderr: readValue('log') === 'stderr',
    theme: theme === 'dark' || theme === 'light' ? theme : null,
  }
}
