import { useCallback, useEffect, useState } from 'react'
import type { LogPolicy, LogStorage } from '../../../shared/model/log.ts'
import { call } from '../../api/client.ts'
import { orTell } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { formatBytes, formatCount, formatExact, formatPlural } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { showToast } from '../../ui/toast.tsx'
import { describeLoss } from './retention.ts'
import { SettingRow } from './setting-row.tsx'

interface Choice {
  readonly value: string
  readonly label: string
}

const count = (value: number): Choice => ({ value: `${value}`, label: `${formatCount(value)} calls` })
const days = (value: number): Choice => ({ value: `${value}`, label: formatPlural(value, 'day') })
const size = (value: number): Choice => ({ value: `${value}`, label: formatBytes(value) })

const mebibyte = 1024 ** 2
const choices = {
  callsMax: [10_000, 100_000, 1_000_000, 10_000_000].map(count),
  daysMax: [7, 30, 90, 365].map(days),
  fileBytesMax: [128 * mebibyte, 512 * mebibyte, 1024 * mebibyte, 4096 * mebibyte].map(size),
  bodyBytesMax: [{ value: '0', label: 'Keep no bodies' }, ...[4096, 16 * 1024, 64 * 1024].map(size)],
} as const

const rows: readonly {
  readonly field: keyof LogPolicy
  readonly name: string
  readonly hint: string
  readonly other: (value: number) => Choice
}[] = [
  { field: 'callsMax', name: 'Number of calls', hint: 'Beyond it the oldest calls go.', other: count },
  { field: 'daysMax', name: 'Age', hint: 'Older calls go. Counts by key and day stay longer.', other: days },
  { field: 'fileBytesMax', name: 'Size on disk', hint: 'Beyond it the oldest calls go.', other: size },
  { field: 'bodyBytesMax', name: 'Length of a body', hint: 'More of it is cut, for calls from now on.', other: size },
]

/** A change of the policy that takes calls out of the log at once. */
interface Shortening {
  readonly field: keyof LogPolicy
  readonly value: number
  readonly loss: string
}

interface Clearing {
  readonly count: number
  readonly upTo: number
}

/** Reads what the log holds: at first, and when asked again. */
function useStorage(): { readonly storage: LogStorage | null; readonly reload: () => Promise<LogStorage | null> } {
  const [storage, setStorage] = useState<LogStorage | null>(null)
  const reload = useCallback(async () => {
    const read = await orTell(call('requests.storage', {}))
    if (read !== null) setStorage(read)
    return read
  }, [])
  useEffect(() => void reload(), [reload])
  return { storage, reload }
}

/** What the request log holds and keeps, and the way to delete it. */
export function StorageSettings() {
  const { storage, reload } = useStorage()
  const policy = useStore((state) => state.settings.log)
  const environment = useStore((state) => state.environments.find(({ id }) => id === state.currentEnvironmentId))
  const [clearing, setClearing] = useState<Clearing | null>(null)
  const [shortening, setShortening] = useState<Shortening | null>(null)

  async function choose(field: keyof LogPolicy, value: number): Promise<void> {
    if (value >= policy[field]) return change(field, value)
    const held = await reload()
    // What it would take is not known: the refusal was told.
    if (held === null) return
    const loss = describeLoss(held, field, value, Date.now())
    if (loss === null) await change(field, value)
    else setShortening({ field, value, loss })
  }

  async function change(field: keyof LogPolicy, value: number): Promise<void> {
    await orTell(call('requests.setRetention', { policy: { ...policy, [field]: value } }))
    await reload()
  }

  async function clear({ count: expected, upTo }: Clearing): Promise<void> {
    const cleared = await orTell(call('requests.clear', { filter: '', upTo, expected }))
    setClearing(null)
    if (cleared !== null) showToast({ text: `${formatPlural(cleared.deleted, 'call')} deleted` })
    await reload()
  }

  return (
    <section className="pane" aria-label="Storage">
      <div className="head settings-head">
        <h2 className="title grow">Storage</h2>
        <Button
          icon="trash"
          disabled={storage === null || storage.calls === 0 || !storage.writable}
          onClick={() => storage !== null && setClearing({ count: storage.calls, upTo: storage.newestId })}
        >
          Delete all calls
        </Button>
      </div>
      <div className="scroll">
        <SettingRow name="Request log">
          <p className="set-value" role="status">
            {storage === null
              ? 'Reading the request log'
              : `${formatPlural(storage.calls, 'call')}, ${formatBytes(storage.bytes)}${
                  storage.oldestAtMs === null ? '' : `, since ${formatExact(storage.oldestAtMs)}`
                }`}
          </p>
        </SettingRow>
        {rows.map(({ field, name, hint, other }) => {
          const listed: readonly Choice[] = choices[field]
          const value = `${policy[field]}`
          const options = listed.some((choice) => choice.value === value) ? listed : [...listed, other(policy[field])]
          return (
            <SettingRow key={field} name={name} hint={hint}>
              <Select
                label={name}
                value={value}
                options={options}
                onValueChange={(chosen) => void choose(field, Number(chosen))}
              />
            </SettingRow>
          )
        })}
      </div>
      {shortening === null || environment === undefined ? null : (
        <ConfirmDialog
          mark={environment.mark}
          title="Keep fewer calls?"
          detail={`It takes ${shortening.loss} out of the request log for good, of all environments. Counts by key and day stay.`}
          expected={null}
          purpose="keep fewer"
          act="Delete them"
          onClose={() => setShortening(null)}
          onConfirm={async () => {
            await change(shortening.field, shortening.value)
            setShortening(null)
          }}
        />
      )}
      {clearing === null || environment === undefined ? null : (
        <ConfirmDialog
          mark={environment.mark}
          title={`Delete ${formatPlural(clearing.count, 'call')}?`}
          detail="Calls of all environments leave the request log for good. Counts by key and day stay."
          expected={null}
          purpose="delete them"
          act={`Delete ${formatPlural(clearing.count, 'call')}`}
          onClose={() => setClearing(null)}
          onConfirm={() => clear(clearing)}
        />
      )}
    </section>
  )
}
