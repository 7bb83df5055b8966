import { useEffect, useMemo, useState } from 'react'
import type { ReceivedContent, ReceivedDelivery } from '../../../shared/model/webhook.ts'
import { call } from '../../api/client.ts'
import { copyText } from '../../api/clipboard.ts'
import { IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatClockMs, formatExact } from '../../ui/format.ts'
import { numberPlaces } from '../../ui/places.ts'
import { Tabs } from '../../ui/segments.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { JsonTree } from '../console/json-tree-view.tsx'
import { VerificationView } from './verification-view.tsx'

type Part = 'body' | 'headers'

function useContent(id: number): ReceivedContent | null | 'gone' {
  const [content, setContent] = useState<ReceivedContent | null | 'gone'>(null)
  useEffect(() => {
    let isOld = false
    void call('receiver.read', { id }).then((result) => {
      if (!isOld) setContent(result.ok ? result.value : 'gone')
    })
    return () => {
      isOld = true
    }
  }, [id])
  return content
}

function BodyView({ content, delivery }: { content: ReceivedContent; delivery: ReceivedDelivery }) {
  const value = useMemo((): unknown => {
    try {
      return content.truncated ? undefined : JSON.parse(content.body)
    } catch {
      return undefined
    }
  }, [content])
  if (!delivery.whole) {
    return (
      <EmptyState title={`${formatBytes(delivery.bytes)} came`} detail="That is too long to be kept and verified." />
    )
  }
  if (value !== undefined && value !== null && typeof value === 'object') return <JsonTree value={value} label="Body" />
  if (content.body === '') return <EmptyState title="The body is empty" />
  return <pre className="mono mono-small selectable delivery-text">{content.body}</pre>
}

/** One delivery that came to the receiver. */
export function DeliveryDetail({ delivery }: { delivery: ReceivedDelivery }) {
  const content = useContent(delivery.id)
  const [part, setPart] = useState<Part>('body')

  function copyBody(): void {
    if (content === null || content === 'gone') return
    if (copyText(content.body)) showToast({ text: 'The body is copied' })
  }

  return (
    <aside className="pane" aria-label="Delivery">
      <div className="head passport-head">
        <h2 className="title cut grow mono">{delivery.event ?? 'no event'}</h2>
        <IconButton icon="copy" label="Copy body" onClick={copyBody} />
      </div>
      <div className="delivery-about">
        <p className="small soft num" title={formatExact(delivery.atMs)}>
          {formatClockMs(delivery.atMs)}, attempt {delivery.attempt}, {formatBytes(delivery.bytes)}, answered{' '}
          {delivery.answer === 'failure' ? '500' : delivery.answer === 'slow' ? '200 after 35 s' : '200'}
        </p>
        {delivery.verification === null ? null : (
          <VerificationView verification={delivery.verification} fits={delivery.webhook} />
        )}
      </div>
      {content === null ? <Waiting what="Reading the delivery" /> : null}
      {content === 'gone' ? (
        <EmptyState title="This delivery is no longer kept" detail="Newer deliveries took its place." />
      ) : null}
      {content === null || content === 'gone' ? null : (
        <Tabs
          label="Part of the delivery"
          value={part}
          options={[
            { value: 'body', label: 'Body' },
            { value: 'headers', label: 'Headers' },
          ]}
          onValueChange={setPart}
        >
          {part === 'body' ? (
            <BodyView content={content} delivery={delivery} />
          ) : (
            <div className="scroll">
              <dl className="dl delivery-headers">
                {numberPlaces(content.headers).map(({ place, item: [name, value] }) => (
                  <div key={place} className="dl-pair">
                    <dt className="mono mono-small">{name}</dt>
                    <dd className="mono mono-small selectable url-text">{value}</dd>
                  </div>
                ))}
              </dl>
            </div>
          )}
        </Tabs>
      )}
    </aside>
  )
}
