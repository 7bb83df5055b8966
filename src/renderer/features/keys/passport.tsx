import { useEffect, useState } from 'react'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeyEvent, KeySummary, KeyUsage } from '../../../shared/model/key.ts'
import { call } from '../../api/client.ts'
import { activateKey, copyKey, forgetCopiedKey, proveKey, tellError } from '../../store/actions.ts'
import {
  askToRevoke,
  findRotationOfKey,
  openRotation,
  startRotation,
  useKeyHint,
  useRotations,
} from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { formatOrigin } from '../../ui/address.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount, formatDay, formatExact, formatListTime } from '../../ui/format.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useNow } from '../../ui/now.ts'
import { numberPlaces } from '../../ui/places.ts'
import { Bars } from '../../ui/sparkline.tsx'
import { showToast } from '../../ui/toast.tsx'
import { describeHint } from '../rotation/age-text.ts'
import { isEndable } from '../rotation/revoke-text.ts'
import { startDeletingKey, startRenamingKey, stopRenamingKey, useKeyDialogs } from './key-dialogs.ts'
import { KeyStateMark } from './key-state.tsx'
import { describeKeyEvent, describeSource, formatFingerprint } from './key-text.ts'
import { useKeyUsage } from './key-usage.ts'

async function renameKey(key: KeySummary, label: string): Promise<boolean> {
  const result = await call('keys.rename', { id: key.id, label })
  if (!result.ok) {
    tellError(result.error, key.environmentId)
    return false
  }
  showToast({
    text: `${key.label} is now ${result.value.label}`,
    undo: () => void call('keys.rename', { id: key.id, label: key.label }),
  })
  return true
}

function RenameField({ passport }: { passport: KeySummary }) {
  const [label, setLabel] = useState(passport.label)
  const trimmed = label.trim()
  const valid = trimmed.length > 0 && trimmed.length <= limits.labelCharsMax

  async function save(): Promise<void> {
    if (trimmed === passport.label || (valid && (await renameKey(passport, trimmed)))) stopRenamingKey()
  }

  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) void save()
      }}
    >
      <TextField
        label="Label of the key"
        hideLabel
        value={label}
        maxLength={limits.labelCharsMax}
        ref={(field: HTMLInputElement | null) => {
          if (field !== null && document.activeElement !== field) field.select()
        }}
        onValueChange={setLabel}
        onKeyDown={(event) => {
          if (event.key === 'Escape') stopRenamingKey()
        }}
      />
      <Button small type="submit" disabled={!valid}>
        Rename
      </Button>
    </form>
  )
}

function CopyLine({ passport }: { passport: KeySummary }) {
  const copied = useStore((state) => (state.copiedKey?.keyId === passport.id ? state.copiedKey : null))
  const now = useNow(250)
  const leftMs = copied === null ? 0 : copied.clearsAtMs - now
  useEffect(() => {
    // Main clears the clipboard and says so; this only stops a countdown that ran out unheard.
    if (copied !== null && leftMs < -2000) forgetCopiedKey()
  }, [copied, leftMs])
  return (
    <div>
      <div className="passport-mask">
        <span className="mono strong">{passport.mask}</span>
        <span className="grow" />
        <Button
          small
          variant="quiet"
          icon={copied === null ? 'copy' : 'check'}
          disabled={passport.state === 'missing' || passport.state === 'dead'}
          onClick={() => void copyKey(passport.id)}
        >
          {copied === null ? 'Copy' : 'Copied'}
        </Button>
      </div>
      <p className="small faint num" role="status">
        {copied === null
          ? 'A copy leaves the clipboard after 30 s.'
          : `Copied. The clipboard clears in ${Math.max(0, Math.ceil(leftMs / 1000))} s.`}
      </p>
    </div>
  )
}

function Facts({ passport, environment }: { passport: KeySummary; environment: Environment }) {
  const now = useNow(10_000)
  return (
    <dl className="dl">
      <dt>State</dt>
      <dd>
        <KeyStateMark state={passport.state} />
      </dd>
      <dt>Used by</dt>
      <dd>
        {environment.activeKeyId === passport.id ? (
          `all calls of ${environment.name}`
        ) : (
          <span className="soft">no call</span>
        )}
      </dd>
      <dt>Last proven</dt>
      <dd>
        {passport.lastProvenAtMs === null ? (
          <span className="soft">never</span>
        ) : (
          <span title={formatExact(passport.lastProvenAtMs)}>
            {formatListTime(passport.lastProvenAtMs, now)} <span className="faint">GET /labels</span>
          </span>
        )}
      </dd>
      <dt>Fingerprint</dt>
      <dd className="mono selectable">{formatFingerprint(passport.fingerprint)}</dd>
      <dt>Added</dt>
      <dd title={formatExact(passport.addedAtMs)}>
        {formatDay(passport.addedAtMs, now)}, {describeSource(passport.source)}
      </dd>
      <dt>Sent to</dt>
      <dd className="mono cut selectable">{formatOrigin(environment.baseUrl)}</dd>
    </dl>
  )
}

function BySource({ usage }: { usage: KeyUsage | null }) {
  const sources = [...(usage?.todayBySource ?? [])].sort((one, other) => other.count - one.count)
  const most = Math.max(1, ...sources.map(({ count }) => count))
  return (
    <div>
      <h3 className="subhead">Used today, by source</h3>
      {sources.length === 0 ? <p className="small faint">Not used today.</p> : null}
      {sources.map(({ source, count }) => (
        <div key={source} className="source-line">
          <span className="soft cut">{source}</span>
          <span className="source-track">
            <i style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="num right">{formatCount(count)}</span>
        </div>
      ))}
    </div>
  )
}

const chartWidth = 280

function Days({ usage }: { usage: KeyUsage | null }) {
  const now = useNow(60_000)
  const days = usage?.days ?? []
  const peak = Math.max(0, ...days)
  const first = new Date(now)
  first.setDate(first.getDate() - Math.max(0, days.length - 1))
  return (
    <div>
      <div className="chart-head">
        <h3 className="subhead">Calls a day, 30 days</h3>
        <span className="micro faint num">peak {formatCount(peak)}</span>
      </div>
      <svg
        className="chart"
        width={chartWidth}
        height="54"
        viewBox="0 0 280 54"
        role="img"
        aria-label={`Calls a day in 30 days, at most ${peak}`}
      >
        <path d="M0 38.5h278" stroke="var(--line-strong)" />
        <Bars
          values={days}
          width={chartWidth}
          height={38}
          gap={2}
          max={Math.max(1, peak)}
          color="var(--line-control)"
          lastColor="var(--env-mark)"
        />
        <text className="faint" x="0" y="52">
          {days.length === 0 ? '' : formatDay(first.getTime(), now)}
        </text>
        <text className="faint" x="278" y="52" textAnchor="end">
          today
        </text>
      </svg>
    </div>
  )
}

function useKeyHistory(passport: KeySummary): readonly KeyEvent[] | null {
  const [history, setHistory] = useState<readonly KeyEvent[] | null>(null)
  const { id } = passport
  useEffect(() => {
    let gone = false
    async function load(): Promise<void> {
      const result = await call('keys.history', { id })
      if (!gone && result.ok) setHistory(result.value)
    }
    void load()
    // Any change of a passport may have added a line.
    const stop = useStore.subscribe((state, before) => {
      if (state.keys !== before.keys || state.copiedKey !== before.copiedKey) void load()
    })
    return () => {
      gone = true
      stop()
    }
  }, [id])
  return history
}

function History({ passport }: { passport: KeySummary }) {
  const history = useKeyHistory(passport)
  const now = useNow(60_000)
  if (history === null) return null
  // Main tells them oldest first; several may share a moment.
  const lines = numberPlaces([...history].reverse())
  return (
    <div className="history">
      <h3 className="subhead">History</h3>
      {lines.length === 0 ? <p className="small faint">Nothing yet.</p> : null}
      <ol>
        {lines.map(({ place, item: event }) => (
          <li key={place} className="history-line">
            <time className="faint num" title={formatExact(event.atMs)}>
              {formatListTime(event.atMs, now)}
            </time>
            <span className="soft">{describeKeyEvent(event)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** The rotation that the key is or was part of, and what stands out in its use. */
function RotationLine({ passport }: { passport: KeySummary }) {
  const rotation = useRotations(({ byId }) => findRotationOfKey(byId, passport.id))
  const hint = useKeyHint(passport.id)
  if (rotation === null && hint === null) return null
  return (
    <div className="passport-hint">
      {hint === null ? null : <p className="small warn">{describeHint(hint)}</p>}
      {rotation === null ? null : (
        <button type="button" className="link-btn" onClick={() => openRotation(rotation.id)}>
          {rotation.end === null
            ? `Return to its ${rotation.kind === 'revoke' ? 'revocation' : 'rotation'}`
            : `Report of its ${rotation.kind === 'revoke' ? 'revocation' : 'rotation'}`}
        </button>
      )}
    </div>
  )
}

/** Everything known about a key but the key itself, and what can be done with it. */
export function Passport({ passport, environment }: { passport: KeySummary; environment: Environment }) {
  const renaming = useKeyDialogs((state) => state.renamingId === passport.id)
  const usage = useKeyUsage(passport.id)
  const [busy, setBusy] = useState<'prove' | 'use' | null>(null)
  const rotation = useRotations(({ byId }) => findRotationOfKey(byId, passport.id))
  const starting = useRotations(({ startingIn }) => startingIn === environment.id)
  const inUse = environment.activeKeyId === passport.id
  const usable = passport.state === 'active' || passport.state === 'candidate'

  async function run(what: 'prove' | 'use'): Promise<void> {
    setBusy(what)
    await (what === 'prove' ? proveKey(passport.id) : activateKey(passport.id))
    setBusy(null)
  }

  return (
    <aside className="pane" aria-label="Passport" data-env={markNames[environment.mark]}>
      <div className="head passport-head">
        <EnvMark mark={environment.mark} />
        {renaming ? (
          <>
            <h2 className="unseen">{passport.label}</h2>
            <RenameField passport={passport} />
          </>
        ) : (
          <>
            <h2 className="title cut grow">{passport.label}</h2>
            <IconButton icon="draft" label="Rename" onClick={() => startRenamingKey(passport.id)} />
          </>
        )}
        <Menu align="end" trigger={<IconButton icon="dots" label="More" />}>
          <MenuItem icon="copy" onSelect={() => void copyKey(passport.id)}>
            Copy
          </MenuItem>
          <MenuItem icon="draft" onSelect={() => startRenamingKey(passport.id)}>
            Rename
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon="trash" danger onSelect={() => startDeletingKey(passport.id)}>
            Delete
          </MenuItem>
        </Menu>
      </div>
      <div className="scroll passport">
        <CopyLine passport={passport} />
        <RotationLine passport={passport} />
        <div className="passport-acts">
          {inUse ? (
            <Button
              variant="act"
              icon="rotate"
              busy={starting}
              disabled={rotation !== null && rotation.end === null}
              onClick={() => void startRotation(environment.id)}
            >
              Rotate
            </Button>
          ) : (
            <Button variant="act" icon="arrow" busy={busy === 'use'} disabled={!usable} onClick={() => void run('use')}>
              Use
            </Button>
          )}
          <Button
            icon="shield"
            busy={busy === 'prove'}
            disabled={passport.state === 'dead'}
            title="One request: GET /labels"
            onClick={() => void run('prove')}
          >
            Prove
          </Button>
          <Button
            icon="ban"
            disabled={!isEndable(passport) || (rotation !== null && rotation.end === null)}
            onClick={() => askToRevoke(passport.id)}
          >
            Revoke
          </Button>
        </div>
        <div className="rule" />
        <Facts passport={passport} environment={environment} />
        <div className="rule" />
        <BySource usage={usage} />
        <div className="rule" />
        <Days usage={usage} />
        <div className="rule" />
        <History passport={passport} />
      </div>
    </aside>
  )
}
