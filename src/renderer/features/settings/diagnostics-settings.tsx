import { useState } from 'react'
import { copyText } from '../../api/clipboard.ts'
import { checkKeychain } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import { formatDiagnostics, listDiagnostics } from './diagnostics-text.ts'
import { SettingRow } from './setting-row.tsx'

function copyFacts(text: string): void {
  if (copyText(text)) showToast({ text: 'Diagnostics are in the clipboard' })
  else showToast({ text: 'The clipboard was not written', detail: 'Select the lines and copy them.', tone: 'refused' })
}

/** Versions and states, to look at and to copy. */
export function DiagnosticsSettings() {
  const versions = useStore((state) => state.versions)
  const keychain = useStore((state) => state.keychain)
  const sandbox = useStore((state) => state.sandbox)
  const [busy, setBusy] = useState(false)
  const facts = listDiagnostics(versions, keychain, sandbox)
  return (
    <section className="pane" aria-label="Diagnostics">
      <div className="head settings-head">
        <h2 className="title grow">Diagnostics</h2>
        <Button
          icon="shield"
          busy={busy}
          onClick={() => {
            setBusy(true)
            void checkKeychain().finally(() => setBusy(false))
          }}
        >
          Check the keychain
        </Button>
        <Button icon="copy" onClick={() => copyFacts(formatDiagnostics(facts))}>
          Copy as text
        </Button>
      </div>
      <div className="scroll">
        {facts.map(({ name, value }) => (
          <SettingRow key={name} name={name}>
            <span className="unseen">{name}: </span>
            <p className="mono selectable set-value">{value}</p>
          </SettingRow>
        ))}
      </div>
    </section>
  )
}
