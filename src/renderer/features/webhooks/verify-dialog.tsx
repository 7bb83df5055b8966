import { useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { DeliveryReport } from '../../../shared/model/webhook.ts'
import { call } from '../../api/client.ts'
import { errorContext } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { formatBytes, formatPlural } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { VerificationView } from './verification-view.tsx'
import { closeForms, useWebhooks } from './webhooks-store.ts'

const forms = {
  http: 'a raw request',
  headers: 'headers and a body',
  curl: 'the output of curl',
  json: 'a request as JSON',
} as const
const anyWebhook = 'any'

/** Offset of a line and column in a text. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let left = line; left > 1; left -= 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

function VerifyBody({ environmentId, webhookId }: { environmentId: string; webhookId: string | null }) {
  const environment = useStore((state) => findEnvironment(state, environmentId))
  const webhooks = useWebhooks((state) => state.lists[environmentId]?.webhooks)
  const [chosen, setChosen] = useState(webhookId ?? anyWebhook)
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [report, setReport] = useState<DeliveryReport | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  if (environment === null) return null
  const told = error === null ? null : describeError(error, errorContext(environmentId))
  const nameOf = (id: string | null): string | null => webhooks?.find((webhook) => webhook.id === id)?.url ?? null

  async function verify(): Promise<void> {
    if (busy) return
    setBusy(true)
    setReport(null)
    const result = await call('webhooks.verify', { environmentId, id: chosen === anyWebhook ? null : chosen, text })
    setBusy(false)
    setError(result.ok ? null : result.error)
    if (result.ok) return setReport(result.value)
    box.current?.focus()
    if (result.error.kind !== 'DELIVERY_TEXT') return
    const { line, column } = result.error.problem
    const at = offsetOf(text, line, column)
    box.current?.setSelectionRange(at, at + 1)
  }

  return (
    <Dialog
      open
      onClose={closeForms}
      width={640}
      initialFocus={box}
      env={markNames[environment.mark]}
      title={
        <>
          <EnvMark mark={environment.mark} />
          Verify a delivery
        </>
      }
      detail="Paste it as your endpoint logged it: a raw request, headers and body, the output of curl -v, or JSON with headers and body."
      actions={
        <>
          <Button onClick={closeForms}>Close</Button>
          <Button variant="primary" icon="shield" busy={busy} onClick={() => void verify()}>
            Verify
          </Button>
        </>
      }
    >
      <div className="verify-against">
        <span className="label">Secret of</span>
        <Select
          label="Secret of"
          value={chosen}
          options={[
            { value: anyWebhook, label: `any webhook of ${environment.name}` },
            ...(webhooks ?? []).map(({ id, url }) => ({
              value: id,
              label: <span className="mono mono-small cut">{url}</span>,
            })),
          ]}
          onValueChange={setChosen}
        />
      </div>
      <textarea
        ref={box}
        className="mono mono-small verify-text"
        aria-label="Delivery"
        aria-invalid={told !== null || undefined}
        aria-describedby="verify-note"
        spellCheck={false}
        maxLength={limits.deliveryTextCharsMax}
        placeholder={
          'POST /hook HTTP/1.1\nX-Webhook-Signature: …\nX-Webhook-Timestamp: …\n\n{"event":"email.received", …}'
        }
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value)
          setError(null)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void verify()
        }}
      />
      <div id="verify-note" className="verify-note">
        {told === null ? null : (
          <p className="hint bad" role="alert">
            {told.title}. {told.detail}
          </p>
        )}
        {report === null ? null : (
          <>
            <VerificationView verification={report.verification} fits={nameOf(report.verification.webhookId)} />
            <p className="small faint num">
              Read as {forms[report.form]}: {formatPlural(report.headers.length, 'header')}, a body of{' '}
              {formatBytes(report.bodyBytes)}.
              {report.missingBytes === 0
                ? ''
                : ` ${formatPlural(report.missingBytes, 'byte')} of what Content-Length names ${report.missingBytes === 1 ? 'is' : 'are'} missing.`}
            </p>
          </>
        )}
      </div>
    </Dialog>
  )
}

/** The check of a delivery that a person pastes. */
export function VerifyDialog() {
  const verifying = useWebhooks((state) => state.verifying)
  return verifying === null ? null : <VerifyBody {...verifying} />
}
