import { type KeyboardEvent, useRef, useState } from 'react'
import type { ReceivedDelivery, ReceiverAnswer } from '../../../shared/model/webhook.ts'
import { call } from '../../api/client.ts'
import { copyText } from '../../api/clipboard.ts'
import { orTell } from '../../store/actions.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatClockSeconds, formatExact, formatPlural } from '../../ui/format.ts'
import { Segments } from '../../ui/segments.tsx'
import { showToast } from '../../ui/toast.tsx'
import { moveSelection } from '../keys/key-rows.ts'
import { describeReceived, toneOfVerdict } from './webhook-words.ts'
import { show, startReceiver, useWebhooks } from './webhooks-store.ts'

const answers: readonly { readonly value: ReceiverAnswer; readonly label: string }[] = [
  { value: 'ok', label: '200' },
  { value: 'failure', label: '500' },
  { value: 'slow', label: 'Slow' },
]
const answerNames: Readonly<Record<ReceiverAnswer, string>> = { ok: '200', failure: '500', slow: '200, slow' }
const verdictTones = { good: 'ok', bad: 'bad', unclear: 'soft' } as const

function DeliveryRow({ delivery, selected }: { delivery: ReceivedDelivery; selected: boolean }) {
  const open = () => show({ kind: 'delivery', id: delivery.id })
  return (
    <tr className={`row ${selected ? 'on' : ''}`} onClick={open}>
      <td className="num" title={formatExact(delivery.atMs)}>
        <button
          type="button"
          className="row-button"
          data-row-id={delivery.id}
          aria-current={selected ? 'true' : undefined}
          onFocus={open}
        >
          {formatClockSeconds(delivery.atMs)}
        </button>
      </td>
      <td className="mono mono-small">{delivery.event ?? <span className="faint">no event</span>}</td>
      <td className="right num">{delivery.attempt}</td>
      <td className={verdictTones[toneOfVerdict(delivery.verification)]}>{describeReceived(delivery)}</td>
      <td className="soft wide-only">{delivery.webhook ?? ''}</td>
      <td className="num">{answerNames[delivery.answer]}</td>
      <td className="right num">{formatBytes(delivery.bytes)}</td>
    </tr>
  )
}

function DeliveryTable() {
  const deliveries = useWebhooks((state) => state.receiver.deliveries)
  const selected = useWebhooks((state) => (state.shown?.kind === 'delivery' ? state.shown.id : null))
  const table = useRef<HTMLTableElement>(null)

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const ids = deliveries.map(({ id }) => String(id))
    const next = moveSelection(ids, selected === null ? null : String(selected), event.key)
    if (next === null) return
    event.preventDefault()
    table.current?.querySelector<HTMLElement>(`[data-row-id="${next}"]`)?.focus()
  }

  return (
    <div className="scroll">
      <table className="table" aria-label="Deliveries" ref={table} onKeyDown={move}>
        <colgroup>
          <col className="col-time" />
          <col />
          <col className="col-attempt" />
          <col className="col-verdict" />
          <col className="col-owner" />
          <col className="col-answer" />
          <col className="col-size" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Came</th>
            <th scope="col">Event</th>
            <th scope="col" className="right">
              Attempt
            </th>
            <th scope="col">Signature</th>
            <th scope="col" className="wide-only">
              Secret of
            </th>
            <th scope="col">Answered</th>
            <th scope="col" className="right">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} selected={delivery.id === selected} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The receiver of this machine: its address, how it answers, and what comes. */
export function ReceiverPane() {
  const url = useWebhooks((state) => state.receiver.url)
  const answer = useWebhooks((state) => state.receiver.answer)
  const count = useWebhooks((state) => state.receiver.deliveries.length)
  const dropped = useWebhooks((state) => state.receiver.dropped)
  const [busy, setBusy] = useState(false)

  function run(work: Promise<unknown>): void {
    setBusy(true)
    void work.finally(() => setBusy(false))
  }

  return (
    <section className="receiver" aria-label="Receiver">
      <div className="strip receiver-strip">
        <h2 className="strong">Receiver</h2>
        {url === '' ? (
          <span className="cut">listens on this machine once you start it, and stops with the app</span>
        ) : (
          <>
            <span className="mono mono-small cut selectable receiver-url">{url}</span>
            <IconButton
              icon="copy"
              size={14}
              label="Copy the receiver’s address"
              onClick={() => {
                if (copyText(url)) showToast({ text: 'The receiver’s address is copied' })
              }}
            />
          </>
        )}
        <span className="grow" />
        {url === '' ? null : (
          <>
            <span className="faint">answers</span>
            <Segments
              label="How the receiver answers"
              value={answer}
              options={answers}
              onValueChange={(next) => void orTell(call('receiver.answerWith', { answer: next }))}
            />
          </>
        )}
        {count === 0 ? null : (
          <Button small variant="quiet" onClick={() => void orTell(call('receiver.clear', {}))}>
            Clear
          </Button>
        )}
        {url === '' ? (
          <Button small icon="play" busy={busy} onClick={() => run(startReceiver())}>
            Start receiver
          </Button>
        ) : (
          <Button small icon="stop" busy={busy} onClick={() => run(orTell(call('receiver.stop', {})))}>
            Stop
          </Button>
        )}
      </div>
      {count > 0 ? (
        <DeliveryTable />
      ) : (
        <EmptyState
          title={url === '' ? 'The receiver is off' : 'No delivery came yet'}
          detail={
            url === ''
              ? 'Start it to see what webhooks deliver: headers, body, and whether the signature is right.'
              : 'Create a webhook in the Sandbox with its address, then send a mail there.'
          }
        />
      )}
      {dropped === 0 ? null : (
        <div className="strip below small faint num">
          {formatPlural(dropped, 'older delivery', 'older deliveries')} made room.
        </div>
      )}
    </section>
  )
}
