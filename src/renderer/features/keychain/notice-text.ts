import type { Notice } from '../../../shared/model/app.ts'
import { assertNever } from '../../../shared/result.ts'

/** What the window says about something that a person must know in this run. */
export interface NoticeText {
  readonly tone: 'plain' | 'warned' | 'refused'
  readonly title: string
  readonly detail: string
}

/** Sentences about a notice. `notice.detail` is a file name or a number. */
export function describeNotice(notice: Notice): NoticeText {
  const file = notice.detail === '' ? 'another name' : notice.detail
  switch (notice.what) {
    case 'vault-damaged':
      return {
        tone: 'warned',
        title: 'The file of environments and keys was damaged',
        detail: `It was moved aside as ${file} and a new one was begun. The secrets are still in the keychain; add the keys again to use them.`,
      }
    case 'vault-newer':
      return {
        tone: 'warned',
        title: 'A newer Jasni Vault wrote this profile',
        detail: 'It is open for reading only: changes are refused and nothing is lost. Use the newer version.',
      }
    case 'vault-read-only':
      return {
        tone: 'warned',
        title: 'The profile folder cannot be written',
        detail:
          'Keys and environments can be used but not changed. Give this user the right to write there, then start again.',
      }
    case 'requests-damaged':
      return {
        tone: 'plain',
        title: notice.detail === '' ? 'The file of the request log was deleted' : 'The request log was damaged',
        detail:
          notice.detail === ''
            ? 'That happened while it was in use, so the calls in it are lost and a new one was begun. Keys and environments are not touched.'
            : `It was moved aside as ${file} and a new one was begun. Keys and environments are not touched.`,
      }
    case 'requests-newer':
      return {
        tone: 'warned',
        title: 'A newer Jasni Vault wrote the request log',
        detail: 'It can be read; the calls of this run are not added to it.',
      }
    case 'requests-read-only':
      return {
        tone: 'warned',
        title: 'The request log cannot be written',
        detail:
          'Calls work, but are not kept. Give this user the right to write to the profile folder, then start again.',
      }
    case 'requests-full':
      return {
        tone: 'warned',
        title: 'The disk is full, so calls are not logged',
        detail: 'Calls work. Free some space and the log goes on by itself.',
      }
    case 'mail-damaged':
      return {
        tone: 'warned',
        title: 'The file of drafts and unsent mail was damaged',
        detail: `It was moved aside as ${file} and a new one was begun. Copies of drafts may lie in Drafts on the server.`,
      }
    case 'mail-newer':
      return {
        tone: 'warned',
        title: 'A newer Jasni Vault wrote the drafts',
        detail: 'They can be read; nothing can be written or sent from here. Use the newer version.',
      }
    case 'mail-read-only':
      return {
        tone: 'warned',
        title: 'Drafts cannot be written',
        detail:
          'Mail can be read but not written or sent. Give this user the right to write to the profile folder, then start again.',
      }
    case 'keyring-changed':
      return {
        tone: 'warned',
        title: 'The keychain is another one than last time',
        detail:
          'Keys that were stored in the old one are marked as missing. Open the old keyring and check again, or add the keys anew.',
      }
    case 'sandbox-down':
      return {
        tone: 'refused',
        title: 'The Sandbox could not start',
        detail:
          notice.detail === ''
            ? 'Its local server found no free port. Other environments work. Start the app again.'
            : `Its local server could not use port ${notice.detail}. Other environments work. Start the app again.`,
      }
    case 'renderer-restarted':
      return {
        tone: 'plain',
        title: 'The window crashed and was opened again',
        detail: 'Keys and the request log were not touched. The log of this app holds the reason.',
      }
    default:
      return assertNever(notice.what)
  }
}
