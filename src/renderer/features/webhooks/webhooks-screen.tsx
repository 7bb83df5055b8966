import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Webhook } from '../../../shared/model/webhook.ts'
import { startAddingKey } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { useCurrentEnvironment } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatAgo, formatExact } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { Waiting } from '../../ui/waiting.tsx'
import { Failure } from '../inbox/failure.tsx'
import { moveSelection } from '../keys/key-rows.ts'
import { DeleteWebhookDialog } from './delete-webhook-dialog.tsx'
import { DeliveryDetail } from './delivery-detail.tsx'
import { ReceiverPane } from './receiver-pane.tsx'
import { VerifyDialog } from './verify-dialog.tsx'
import { WebhookDetail } from './webhook-detail.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'
import { describeOutcome, describeSecretState, describeState } from './webhook-words.ts'
import { connectWebhooks, loadWebhooks, show, startForm, startVerifying, useWebhooks } from './webhooks-store.ts'
import './webhooks.css'

function LastDelivery({ webhook }: { webhook: Webhook }) {
  const last = useWebhooks((state) => state.attempts.filter(({ webhookId }) => webhookId === webhook.id).at(-1) ?? null)
  const now = useNow(10_000)
  if (last === null) return <span className="faint">not known</span>
  const isGood = last.status !== null && last.status >= 200 && last.status <= 299
  return (
    <span className="num" title={formatExact(last.atMs)}>
      <span className={isGood ? '' : 'warn'}>{describeOutcome(last)}</span>{' '}
      <span className="faint">{formatAgo(last.atMs, now)}</span>
    </span>
  )
}

function WebhookRow({ webhook, selected }: { webhook: Webhook; selected: boolean }) {
  const open = () => show({ kind: 'webhook', id: webhook.id })
  const { secret } = webhook
  const isBad = secret.state === 'lost' || secret.state === 'missing'
  return (
    <tr className={`row ${selected ? 'on' : ''}`} onClick={open}>
      <td title={webhook.url}>
        <button
          type="button"
          className="row-button"
          data-webhook-id={webhook.id}
          aria-current={selected ? 'true' : undefined}
          onFocus={open}
        >
          <span className="two mono mono-small cut">{webhook.url === '' ? webhook.id : webhook.url}</span>
          <span className="two small faint cut">
            {webhook.description === '' ? webhook.events.join(', ') : webhook.description}
          </span>
        </button>
      </td>
      <td className="num right">{webhook.events.length}</td>
      <td>
        <span className="state">
          <span className={`hook-dot ${webhook.active && webhook.listed ? 'on' : ''}`} />
          <span className={webhook.listed ? '' : 'warn'}>{describeState(webhook)}</span>
        </span>
      </td>
      <td className="wide-only">
        {secret.state === 'stored' ? (
          <span className="mono mono-small">{secret.mask}</span>
        ) : (
          <span className={isBad ? 'warn with-icon' : 'faint'}>
            {isBad ? <Icon name="alert" size={14} /> : null}
            {describeSecretState(secret.state)}
          </span>
        )}
      </td>
      <td>
        <LastDelivery webhook={webhook} />
      </td>
    </tr>
  )
}

function WebhookTable({ webhooks, selected }: { webhooks: readonly Webhook[]; selected: string | null }) {
  const table = useRef<HTMLTableElement>(null)

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = moveSelection(
      webhooks.map(({ id }) => id),
      selected,
      event.key,
    )
    if (next === null) return
    event.preventDefault()
    for (const row of table.current?.querySelectorAll<HTMLElement>('[data-webhook-id]') ?? [])
      if (row.dataset.webhookId === next) row.focus()
  }

  return (
    <div className="scroll">
      <table className="table" aria-label="Webhooks" ref={table} onKeyDown={move}>
        <colgroup>
          <col />
          <col className="col-events" />
          <col className="col-state" />
          <col className="col-secret" />
          <col className="col-last" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col" className="right">
              Events
            </th>
            <th scope="col">State</th>
            <th scope="col" className="wide-only">
              Secret
            </th>
            <th scope="col">Last delivery</th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} selected={webhook.id === selected} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ListOf({ environment, selected }: { environment: Environment; selected: string | null }) {
  const list = useWebhooks((state) => state.lists[environment.id])
  const receiverUrl = useWebhooks((state) => state.receiver.url)
  const reload = () => void loadWebhooks(environment.id)
  if (environment.activeKeyId === null) {
    return (
      <EmptyState
        title={`${environment.name} has no key`}
        detail="Its webhooks are listed with a key."
        action={<Button onClick={() => startAddingKey(environment.id)}>Add key</Button>}
      />
    )
  }
  if (list === undefined || (list.status === 'loading' && list.webhooks.length === 0)) {
    return <Waiting what={`Fetching the webhooks of ${environment.name}`} />
  }
  if (list.status === 'failed' && list.error !== null && list.webhooks.length === 0) {
    return <Failure look="empty" error={list.error} environmentId={environment.id} onRetry={reload} />
  }
  return (
    <>
      {list.error === null ? null : (
        <Failure look="note" error={list.error} environmentId={environment.id} onRetry={reload} />
      )}
      {list.webhooks.length === 0 ? (
        <EmptyState
          title={`No webhook in ${environment.name}`}
          detail="A webhook is told of mail as it arrives, is sent or deleted, so that an agent need not poll."
          action={
            <Button
              icon="plus"
              onClick={() =>
                startForm({
                  environmentId: environment.id,
                  webhook: null,
                  url: environment.kind === 'sandbox' ? receiverUrl : '',
                })
              }
            >
              Create webhook
            </Button>
          }
        />
      ) : (
        <WebhookTable webhooks={list.webhooks} selected={selected} />
      )}
    </>
  )
}

/** Webhooks of the current environment, the receiver of this machine, and one of either at the right. */
export function WebhooksScreen() {
  const environment = useCurrentEnvironment()
  const shown = useWebhooks((state) => state.shown)
  const list = useWebhooks((state) => (environment === null ? undefined : state.lists[environment.id]))
  const deliveries = useWebhooks((state) => state.receiver.deliveries)
  const receiverUrl = useWebhooks((state) => state.receiver.url)
  const environmentId = environment?.id ?? ''
  const hasKey = environment?.activeKeyId !== null
  const isSandbox = environment?.kind === 'sandbox'

  useEffect(connectWebhooks, [])
  useEffect(() => {
    if (environmentId !== '' && hasKey) void loadWebhooks(environmentId)
  }, [environmentId, hasKey])

  const commands = useMemo((): readonly Command[] => {
    const about = { group: 'Webhooks' } as const
    return [
      {
        ...about,
        id: 'webhook-create',
        title: 'Create webhook',
        icon: 'plus',
        shortcut: 'N',
        run: () => startForm({ environmentId, webhook: null, url: isSandbox ? receiverUrl : '' }),
      },
      {
        ...about,
        id: 'webhook-verify',
        title: 'Verify a delivery',
        icon: 'shield',
        shortcut: 'V',
        run: () => startVerifying(environmentId, null),
      },
      {
        ...about,
        id: 'webhook-reload',
        title: 'Fetch the webhooks again',
        icon: 'refresh',
        shortcut: 'R',
        run: () => void loadWebhooks(environmentId),
      },
    ]
  }, [environmentId, isSandbox, receiverUrl])
  useCommands('webhooks', commands)

  if (environment === null) return null
  const webhooks = list?.webhooks ?? []
  const webhook = shown?.kind === 'webhook' ? (webhooks.find(({ id }) => id === shown.id) ?? null) : null
  const delivery = shown?.kind === 'delivery' ? (deliveries.find(({ id }) => id === shown.id) ?? null) : null
  const first = delivery === null && webhook === null ? (webhooks[0] ?? null) : webhook
  return (
    <div className="screen s-webhooks">
      <section className="pane webhooks" aria-label="Webhooks">
        <div className="head">
          <h1 className="title">Webhooks</h1>
          <span className="faint num">
            {list?.status === 'loaded'
              ? `${webhooks.filter(({ listed }) => listed).length} of ${limits.webhooksMax}${isSandbox ? ', until the app ends' : ''}`
              : ''}
          </span>
          <span className="grow" />
          <IconButton
            icon="refresh"
            label="Fetch again"
            shortcut="R"
            busy={list?.status === 'loading' && webhooks.length > 0}
            onClick={() => void loadWebhooks(environment.id)}
          />
          <Button icon="shield" onClick={() => startVerifying(environment.id, null)}>
            Verify a delivery
          </Button>
          <Button
            variant="primary"
            icon="plus"
            disabled={!hasKey}
            onClick={() => startForm({ environmentId, webhook: null, url: isSandbox ? receiverUrl : '' })}
          >
            Create webhook
          </Button>
        </div>
        <div className="hook-list">
          <ListOf environment={environment} selected={first?.id ?? null} />
        </div>
        <ReceiverPane />
      </section>
      {delivery !== null ? (
        <DeliveryDetail key={delivery.id} delivery={delivery} />
      ) : first !== null ? (
        <WebhookDetail key={first.id} webhook={first} environment={environment} />
      ) : (
        <aside className="pane" aria-label="Webhook" />
      )}
      <WebhookDialog />
      <DeleteWebhookDialog />
      <VerifyDialog />
    </div>
  )
}
