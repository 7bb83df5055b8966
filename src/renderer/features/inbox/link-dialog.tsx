import { useEffect, useRef, useState } from 'react'
import type { PayloadOf } from '../../../shared/contract.ts'
import { call, subscribe } from '../../api/client.ts'
import { orTell } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

type LinkRequest = PayloadOf<'link.requested'>

/**
 * Asks before a link of a mail opens outside, with its host and whole address. Stands once in the frame.
 * A second link before the answer takes the place of the first.
 */
export function LinkDialog() {
  const [link, setLink] = useState<LinkRequest | null>(null)
  const pending = useRef<LinkRequest | null>(null)
  const keep = useRef<HTMLButtonElement>(null)

  useEffect(
    () =>
      subscribe('link.requested', (next) => {
        if (pending.current !== null) void call('links.discard', { id: pending.current.id })
        pending.current = next
        setLink(next)
      }),
    [],
  )

  function answer(open: boolean): void {
    const asked = pending.current
    pending.current = null
    setLink(null)
    if (asked === null) return
    if (open) void orTell(call('links.open', { id: asked.id }))
    else void call('links.discard', { id: asked.id })
  }

  const isMail = link?.url.startsWith('mailto:') === true
  return (
    <Dialog
      open={link !== null}
      onClose={() => answer(false)}
      title={isMail ? 'Write to this address?' : 'Open this link in the browser?'}
      detail={
        isMail ? (
          'It opens in the mail program of this computer, outside Jasni Vault.'
        ) : (
          <>
            It goes to <span className="strong selectable">{link?.host}</span>, outside Jasni Vault.
          </>
        )
      }
      width={480}
      initialFocus={keep}
      actions={
        <>
          <Button ref={keep} onClick={() => answer(false)}>
            Keep it closed
          </Button>
          <Button variant="primary" icon="external" onClick={() => answer(true)}>
            {isMail ? 'Write mail' : 'Open link'}
          </Button>
        </>
      }
    >
      <p className="link-url mono selectable" dir="ltr">
        {link?.url}
      </p>
    </Dialog>
  )
}
