import { ownArguments } from './arguments.ts'

/** Why a packaged app does not start, and the exit code that says so (as in sysexits.h). */
export interface Refusal {
  readonly reason: string
  readonly exitCode: number
}

const usageExitCode = 64
/** Same code as the launcher's for root. */
const noPermissionExitCode = 77

/**
 * Switches that open the app to other programs, or take away what protects the person from a page. Chromium
 * reads them with one dash, too, and on Windows with a slash.
 */
export const refusedSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-debugging-targets',
  'remote-allow-origins',
  'no-sandbox',
  'disable-setuid-sandbox',
  'disable-namespace-sandbox',
  'disable-seccomp-filter-sandbox',
  'disable-gpu-sandbox',
  'gpu-sandbox-start-early',
  'single-process',
  'in-process-gpu',
  'no-zygote',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
  'browser-subprocess-path',
  'load-extension',
  'disable-web-security',
  'disable-site-isolation-trials',
  'unsafely-treat-insecure-origin-as-secure',
  'ignore-certificate-errors',
  'host-rules',
  'host-resolver-rules',
  'proxy-server',
  'proxy-pac-url',
  'log-net-log',
  'js-flags',
  'enable-blink-features',
] as const

// Node reads these by itself; the fuse makes it deaf, and this tells the person.
const nodePattern =
  /^(?:--?|\/)(?:inspect(?:-[a-z-]+)?|debug(?:-[a-z-]+)?|require|r|import|experimental-loader)(?:=|$)/i

/** Why a packaged app must not start as it was called; null if it may. */
export function findRefusal(start: {
  readonly argv: readonly string[]
  /** What Chromium made of the command line. */
  readonly hasSwitch: (name: string) => boolean
  readonly isRoot: boolean
}): Refusal | null {
  if (start.isRoot)
    return {
      reason:
        "Jasni Vault does not run as root: Chromium's sandbox cannot, and keys of root would lie in root's keyring. Start it as the user whose keys it holds.",
      exitCode: noPermissionExitCode,
    }
  const known = refusedSwitches.find((name) => start.hasSwitch(name))
  const refused = known ?? ownArguments(start.argv).find((argument) => nodePattern.test(argument))
  if (refused === undefined) return null
  const name = refused.replace(/^(?:--?|\/)/, '').replace(/=.*$/s, '')
  return {
    reason: `The switch --${name} is refused: it would open Jasni Vault to other programs or take its protection away. Start it without that.`,
    exitCode: usageExitCode,
  }
}
