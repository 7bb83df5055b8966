import type { KeychainState } from '../../../shared/model/key.ts'
import { assertNever } from '../../../shared/result.ts'

/** What the window says about a keychain that is not plainly ready. */
export interface KeychainText {
  readonly tone: 'warned' | 'refused'
  readonly title: string
  readonly detail: string
  /** A command that mends it, to be run in a terminal. */
  readonly command?: string
}

const linuxCommand = 'sudo apt install gnome-keyring libsecret-1-0'

/** Sentences about the keychain; null while it is ready. `platform` begins as Node names it. */
export function describeKeychain(state: KeychainState, platform: string): KeychainText | null {
  const name = state.backend === '' ? 'The keychain' : state.backend
  const linux = platform.startsWith('linux')
  switch (state.status) {
    case 'ready':
      return null
    case 'locked':
      return {
        tone: 'refused',
        title: `${name} is locked`,
        detail: linux
          ? 'Keys cannot be read until the login keyring is unlocked. Unlock it in Passwords and Keys, or sign in again, then check again. Nothing is lost.'
          : 'Keys cannot be read until it is unlocked. Unlock it, then check again. Nothing is lost.',
      }
    case 'unavailable':
      return linux
        ? {
            tone: 'refused',
            title: 'No keychain answers in this session',
            detail:
              'Keys live in Secret Service and in no file. Install it (Debian, Ubuntu), sign in to the desktop again, then check again. If it still does not answer, start Jasni Vault again.',
            command: linuxCommand,
          }
        : {
            tone: 'refused',
            title: `${name} is not available`,
            detail:
              'Keys live there and in no file. Sign in to the desktop as yourself, then check again. If it still does not answer, start Jasni Vault again.',
          }
    case 'waiting':
      return {
        tone: 'warned',
        title: `${name} does not answer`,
        detail: 'It may show a prompt behind another window. Answer it, then check again. Calls wait until then.',
      }
    case 'memory':
      return {
        tone: 'warned',
        title: 'Keys are kept in memory for this run',
        detail: 'They are written nowhere and are gone when the app closes.',
      }
    default:
      return assertNever(state.status)
  }
}
