import { Icon } from '../../ui/icon.tsx'
import { compose, useOutgoing } from './compose.ts'
import { canOpen, nameMail, nameRecipients, nameState } from './compose-text.ts'

/** Drafts and unsent mail of an environment that are kept on this machine; a draft opens to go on writing. */
export function UnsentRows({ environmentId }: { environmentId: string }) {
  const mails = useOutgoing().filter(
    (mail) => mail.environmentId === environmentId && mail.state.name !== 'sent' && mail.state.name !== 'discarded',
  )
  if (mails.length === 0) return null
  return (
    <>
      <div className="tree-head tree-labels">
        <h2 className="subhead">Unsent</h2>
      </div>
      <ul aria-label="Unsent messages">
        {[...mails].reverse().map((mail) => (
          <li key={mail.id}>
            <button
              type="button"
              className="tree-item"
              title={`${nameRecipients(mail.to)}, from ${mail.account}`}
              aria-disabled={!canOpen(mail) || undefined}
              onClick={() => canOpen(mail) && void compose.open(mail.id)}
            >
              <Icon
                name={mail.state.name === 'failed' || mail.state.name === 'unknown' ? 'alert' : 'draft'}
                size={14}
              />
              <span className="cut" dir="auto">
                {nameMail(mail)}
              </span>
              <span className="count">{nameState(mail.state)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
