import { describe, expect, test } from 'vitest'
import { Notice } from '../../../shared/model/app.ts'
import { KeychainStatus } from '../../../shared/model/key.ts'
import { describeKeychain } from './keychain-text.ts'
import { describeNotice } from './notice-text.ts'

describe('keychain sentences', () => {
  test('a ready keychain needs none', () => {
    expect(describeKeychain({ status: 'ready', backend: 'Secret Service' }, 'linux')).toBeNull()
  })

  test.each(KeychainStatus.options.filter((status) => status !== 'ready'))('%s is told on every platform', (status) => {
    for (const platform of ['linux x64', 'darwin', 'win32']) {
      for (const backend of ['', 'Secret Service']) {
        const text = describeKeychain({ status, backend }, platform)
        expect(text?.title).toMatch(/^[A-Z].*[^.]$/)
        expect(text?.detail).toMatch(/\.$/)
        expect(`${text?.title} ${text?.detail}`).not.toMatch(/!|undefined/)
      }
    }
  })

  test('on Linux the packages of a missing keychain are named', () => {
    const text = describeKeychain({ status: 'unavailable', backend: 'Secret Service' }, 'linux')
    expect(text?.command).toBe('sudo apt install gnome-keyring libsecret-1-0')
    expect(describeKeychain({ status: 'unavailable', backend: 'Keychain' }, 'darwin')?.command).toBeUndefined()
  })
})

describe('notice sentences', () => {
  test.each(Notice.shape.what.options)('%s says what happened and what it means', (what) => {
    for (const detail of ['', 'vault.db.damaged-1']) {
      const text = describeNotice({ what, detail })
      expect(text.title).toMatch(/^[A-Z].*[^.]$/)
      expect(text.detail).toMatch(/\.$/)
      expect(`${text.title} ${text.detail}`).not.toMatch(/!|undefined/)
    }
  })

  test('a file that was moved aside is named', () => {
    expect(describeNotice({ what: 'vault-damaged', detail: 'vault.db.damaged-1' }).detail).toContain(
      'vault.db.damaged-1',
    )
  })

  test('a request log that was deleted while in use is not told as moved aside', () => {
    const text = describeNotice({ what: 'requests-damaged', detail: '' })
    expect(text.title).toMatch(/deleted/)
    expect(text.detail).not.toMatch(/moved aside/)
  })
})
