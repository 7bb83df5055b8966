import { useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Webhook } from '../../../shared/model/webhook.ts'
import { describeSecretFault } from '../../../shared/webhook-text.ts'
import { copyText } from '../../api/clipboard.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { formatClockSeconds, formatCountdown, formatExact, formatListTime } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { StatusMark } from '../../ui/status-mark.tsx'
import { showToast } from '../../ui/toast.tsx'
import { describeOutcome, describeState } from './webhook-words.ts'
import {
  addSecret,
  copySecret,
  forgetSecret,
  setActive,
  startDeleting,
  startForm,
  startVerifying,
  useWebhooks,
} from './webhooks-store.ts'

function SecretLine({ webhook, environment }: { webhook: Webhook; environment: Environment }) {
  const copied = useWebhooks((state) => (state.copied?.webhookId === webhook.id ? state.copied : null))
  const now = useNow(1000)
  const [adding, setAdding] = useState(false)
  const { state, mask } = webhook.secret
  if (state === 'stored') {
    const leftMs = copied === null ? 0 : copied.clearsAtMs - now
    const isHeld = leftMs > 0
    return (
      <div>
        <div className="passport-mask">
          <span className="mono strong grow">{mask}</span>
          <Button
            variant="quiet"
            icon={isHeld ? 'check' : 'copy'}
            onClick={() => void copySecret(environment.id, webhook)}
          >
            {isHeld ? 'Copied' : 'Copy secret'}
          </Button>
        </div>
        <p className="small faint num" role="status">
          {isHeld
            ? `Copied. The clipboard clears in ${Math.ceil(leftMs / 1000)} s.`
            : 'A copy leaves the clipboard after 30 s.'}
        </p>
      </div>
    )
  }
  const { title, detail } = describeSecretFault(state)
  return (
    <div className="secret-gone">
      <p className={state === 'none' ? 'strong' : 'strong warn'}>{title}</p>
      <p className="small soft">{detail}</p>
      <div className="secret-acts">
        {state === 'lost' ? null : (
          <Button
            icon="clipboard"
            busy={adding}
            onClick={() => {
              setAdding(true)
              void addSecret(environment.id, webhook).finally(() => setAdding(false))
            }}
          >
            Take from clipboard
          </Button>
        )}
        {state === 'lost' || state === 'missing' ? (
          <Button icon="trash" onClick={() => startDeleting(environment.id, webhook, environment.protected)}>
            Delete and create again
          </Button>
        ) : null}
      </div>
    </div>
  )
}

function Attempts({ webhook, environment }: { webhook: Webhook; environment: Environment }) {
  const all = useWebhooks((state) => state.attempts)
  const now = useNow(1000)
  if (environment.kind !== 'sandbox') {
    return (
      <p className="small faint">
        The API tells nothing of its deliveries. Your endpoint sees them, and the log here does not.
      </p>
    )
  }
  const attempts = all.filter(({ webhookId }) => webhookId === webhook.id).reverse()
  return (
    <div>
      <h3 className="subhead">Attempts to deliver</h3>
      {attempts.length === 0 ? <p className="small faint">None yet. Send a mail from this environment.</p> : null}
      <ol aria-label="Attempts to deliver">
        {attempts.slice(0, 50).map((attempt) => {
          const isWaiting =
            attempt.nextAtMs !== null &&
            !all.some((each) => each.deliveryId === attempt.deliveryId && each.attempt > attempt.attempt)
          return (
            <li key={`${attempt.deliveryId} ${attempt.attempt}`} className="attempt-line">
              <time className="faint num" title={formatExact(attempt.atMs)}>
                {formatClockSeconds(attempt.atMs)}
              </time>
              <span className="mono mono-small cut">{attempt.event}</span>
              <span className="num small soft">{attempt.attempt} of 4</span>
              {attempt.status === null ? (
                <span className="small warn cut">{describeOutcome(attempt)}</span>
              ) : (
                <StatusMark status={attempt.status} />
              )}
              {isWaiting && attempt.nextAtMs !== null && attempt.nextAtMs > now ? (
                <span className="attempt-next small faint num">again in {formatCountdown(attempt.nextAtMs - now)}</span>
              ) : null}
            </li>
          )
        })}
      </ol>
    </div>
  )
}

/** Everything known about a webhook but its secret, and what can be done with it. */
export function WebhookDetail({ webhook, environment }: { webhook: Webhook; environment: Environment }) {
  const now = useNow(60_000)
  const [pausing, setPausing] = useState(false)

  function copyUrl(): void {
    if (copyText(webhook.url)) showToast({ text: 'The address is copied' })
  }

  return (
    <aside className="pane" aria-label="Webhook" data-env={markNames[environment.mark]}>
      <div className="head passport-head">
        <EnvMark mark={environment.mark} />
        <h2 className="title cut grow">{webhook.description === '' ? 'Webhook' : webhook.description}</h2>
        {webhook.listed ? (
          <>
            <IconButton
              icon="draft"
              label="Edit webhook"
              onClick={() => startForm({ environmentId: environment.id, webhook, url: webhook.url })}
            />
            <IconButton
              icon="trash"
              label="Delete webhook"
              onClick={() => startDeleting(environment.id, webhook, environment.protected)}
            />
          </>
        ) : null}
      </div>
      <div className="scroll passport">
        <div className="url-line">
          <span className="mono mono-small selectable url-text">
            {webhook.url === '' ? 'address unknown' : webhook.url}
          </span>
          {webhook.url === '' ? null : <IconButton icon="copy" size={14} label="Copy address" onClick={copyUrl} />}
        </div>
        {webhook.listed ? (
          <div className="passport-acts">
            <Button
              icon={webhook.active ? 'pause' : 'play'}
              busy={pausing}
              onClick={() => {
                setPausing(true)
                void setActive(environment.id, webhook, !webhook.active).finally(() => setPausing(false))
              }}
            >
              {webhook.active ? 'Pause' : 'Resume'}
            </Button>
            <Button icon="shield" onClick={() => startVerifying(environment.id, webhook.id)}>
              Verify
            </Button>
          </div>
        ) : (
          <div className="secret-gone">
            <p className="strong">The server does not list this webhook</p>
            <p className="small soft">
              It was deleted elsewhere, or belongs to another key’s account. Its secret is still in the keychain.
            </p>
            <Button icon="trash" onClick={() => void forgetSecret(environment.id, webhook)}>
              Delete the secret
            </Button>
          </div>
        )}
        <div className="rule" />
        <SecretLine webhook={webhook} environment={environment} />
        <div className="rule" />
        <dl className="dl">
          <dt>State</dt>
          <dd>{describeState(webhook)}</dd>
          <dt>Events</dt>
          <dd className="mono mono-small event-list">
            {webhook.events.map((event) => (
              <span key={event}>{event}</span>
            ))}
          </dd>
          <dt>Id</dt>
          <dd className="mono mono-small selectable url-text">{webhook.id}</dd>
          <dt>Created</dt>
          <dd>
            {webhook.createdAtMs === null ? (
              <span className="soft">unknown</span>
            ) : (
              <span title={formatExact(webhook.createdAtMs)}>{formatListTime(webhook.createdAtMs, now)}</span>
            )}
          </dd>
        </dl>
        <div className="rule" />
        <Attempts webhook={webhook} environment={environment} />
      </div>
    </aside>
  )
}
