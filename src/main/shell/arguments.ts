import { resolve } from 'node:path'

/** What the command line asks for. Unknown arguments belong to Chromium and are left alone. */
export interface Arguments {
  /** Absolute profile folder, or null for the default one. */
  readonly profile: string | null
  /** Port for the local sandbox; 0 is any free one; null is the product's default. */
  readonly sandboxPort: number | null
  /** How many times faster than documented the sandbox tries a webhook again. */
  readonly webhookSpeed: number
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

/** The arguments that are ours to read: what follows a bare `--` is an address that the desktop hands over. */
export function ownArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

const webhookSpeedMax = 1000

function readSpeed(text: string | null): number {
  const speed = text !== null && /^\d{1,4}$/.test(text) ? Number(text) : 1
  return speed >= 1 && speed <= webhookSpeedMax ? speed : 1
}

/** Reads `--name=value` and `--name value` before a bare `--`; what is malformed counts as not given. */
export function parseArguments(all: readonly string[], workingFolder: string): Arguments {
  const argv = ownArguments(all)
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
    webhookSpeed: readSpeed(readValue('webhook-speed')),
    screenshot: screenshot === null ? null : resolve(workingFolder, screenshot),
    logToStderr: readValue('log') === 'stderr',
    theme: theme === 'dark' || theme === 'light' ? theme : null,
  }
}
