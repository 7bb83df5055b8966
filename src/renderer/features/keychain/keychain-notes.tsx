import { useState } from 'react'
import { checkKeychain, keepKeysInMemory } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { describeKeychain } from './keychain-text.ts'
import './keychain.css'

/** A note across the screen for as long as the keychain is not ready. */
export function KeychainNotes() {
  const keychain = useStore((state) => state.keychain)
  const platform = useStore((state) => state.versions.platform)
  const [busy, setBusy] = useState<'check' | 'memory' | null>(null)
  const text = describeKeychain(keychain, platform)
  if (text === null) return null

  async function run(what: 'check' | 'memory'): Promise<void> {
    setBusy(what)
    await (what === 'check' ? checkKeychain() : keepKeysInMemory())
    setBusy(null)
  }

  return (
    <Note
      tone={text.tone}
      icon={keychain.status === 'locked' ? 'lock' : keychain.status === 'waiting' ? 'clock' : 'alert'}
      title={text.title}
      detail={
        <>
          {text.detail}
          {text.command === undefined ? null : <code className="mono selectable keychain-command">{text.command}</code>}
        </>
      }
      actions={
        <>
          <Button busy={busy === 'check'} onClick={() => void run('check')}>
            {keychain.status === 'memory' ? 'Check the keychain' : 'Check again'}
          </Button>
          {keychain.status === 'memory' ? null : (
            <Button variant="quiet" busy={busy === 'memory'} onClick={() => void run('memory')}>
              Keep keys in memory for this run
            </Button>
          )}
        </>
      }
    />
  )
}
