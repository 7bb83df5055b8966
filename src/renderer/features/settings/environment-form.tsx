import { useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { Environment, Mark, Plan } from '../../../shared/model/environment.ts'
import { fail, succeed } from '../../../shared/result.ts'
import { call } from '../../api/client.ts'
import { savePolicy } from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Note } from '../../ui/note.tsx'
import { planNames } from '../../ui/plan-names.ts'
import { type Option, Segments } from '../../ui/segments.tsx'
import { Switch } from '../../ui/switch.tsx'
import { showToast } from '../../ui/toast.tsx'
import { keepPolicyDraft } from '../rotation/policy-draft.ts'
import { PolicyRows, usePolicyDraft } from '../rotation/policy-rows.tsx'
import { dropDraft, keepDraft, newId, useDrafts } from './drafts.ts'
import {
  countChanges,
  draftOf,
  type EnvironmentDraft,
  findFaults,
  inputOf,
  listRateGroups,
  newDraft,
} from './environment-draft.ts'
import { RateGroupField } from './rate-group-field.tsx'
import { RemoveEnvironmentDialog } from './remove-environment-dialog.tsx'
import { SettingRow } from './setting-row.tsx'

const marks: readonly { readonly mark: Mark; readonly name: string }[] = [
  { mark: 'neutral', name: 'Neutral' },
  { mark: 'blue', name: 'Blue' },
  { mark: 'yellow', name: 'Yellow' },
  { mark: 'crimson', name: 'Crimson' },
]

const markOptions: readonly Option<Mark>[] = marks.map(({ mark, name }) => ({
  value: mark,
  label: (
    <>
      <EnvMark mark={mark} />
      {name}
    </>
  ),
}))

const planOptions: readonly Option<Plan['kind']>[] = [
  { value: 'free', label: 'Free 100' },
  { value: 'pro', label: 'Pro 1,000' },
  { value: 'enterprise', label: 'Enterprise' },
  { value: 'learn', label: planNames.learn },
]

const planHints: Readonly<Record<Plan['kind'], string>> = {
  free: 'No endpoint tells the plan, so the limit is counted from what you say here.',
  pro: 'No endpoint tells the plan, so the limit is counted from what you say here.',
  enterprise: 'No endpoint tells the plan, so the limit is counted from what you say here.',
  learn: 'Holds 100 requests a minute until an answer’s header says otherwise, then what it says.',
}

/** Place of an error that main found and the form could not know. */
function placeOf(error: AppError): 'name' | 'baseUrl' | 'rateGroup' | null {
  if (error.kind === 'NAME_TAKEN') return 'name'
  if (error.kind === 'BASE_URL') return 'baseUrl'
  if (error.kind === 'KEY_IN_TEXT' && error.field === 'rateGroup') return 'rateGroup'
  if (error.kind === 'KEY_IN_TEXT') return error.field === 'baseUrl' ? 'baseUrl' : 'name'
  return null
}

/** The form of one environment; without one, of a new one. */
export function EnvironmentForm({
  environment,
  onSaved,
}: {
  environment: Environment | null
  onSaved: (id: string | null) => void
}) {
  const id = environment?.id ?? newId
  const saved = environment === null ? newDraft : draftOf(environment)
  const draft = useDrafts((state) => state.byId[id]) ?? saved
  const otherNames = useStore((state) => state.environments)
    .filter((other) => other.id !== environment?.id)
    .map(({ name }) => name)
  const keyCount = useStore((state) => state.keys.filter((key) => key.environmentId === environment?.id).length)
  const environments = useStore((state) => state.environments)
  const groups = listRateGroups(environments, environment?.id ?? null)
  const [busy, setBusy] = useState(false)
  const [removing, setRemoving] = useState(false)
  const [error, setError] = useState<AppError | null>(null)

  const sandbox = environment?.kind === 'sandbox'
  const policy = usePolicyDraft(id)
  const ownChanges = countChanges(draft, saved)
  const changes = ownChanges + policy.changes
  const faults = findFaults(draft, otherNames)
  const refusal = error === null ? null : describeError(error)
  const refusedPlace = error === null ? null : placeOf(error)
  const refusedText = refusal === null ? null : `${refusal.title}. ${refusal.detail}`
  const blocked = Object.keys(faults).length > 0 || policy.blocked
  const touched = environment !== null || draft !== saved

  function change(part: Partial<EnvironmentDraft>): void {
    setError(null)
    const next = { ...draft, ...part }
    if (environment !== null && countChanges(next, saved) === 0) dropDraft(id)
    else keepDraft(id, next)
  }

  async function save(): Promise<void> {
    const input = inputOf(draft)
    if (input === null || blocked || busy) return
    setBusy(true)
    // The policy first: it is refused where the rest would be saved, and then nothing is.
    const refused =
      environment === null || policy.changes === 0 || policy.input === null
        ? null
        : await savePolicy(environment.id, policy.input)
    const result =
      refused !== null
        ? fail(refused)
        : environment === null
          ? await call('environments.create', { input })
          : ownChanges === 0
            ? succeed(environment)
            : await call('environments.update', { id: environment.id, input })
    setBusy(false)
    if (!result.ok) return setError(result.error)
    dropDraft(id)
    keepPolicyDraft(id, null)
    showToast({ text: environment === null ? `${result.value.name} is added` : `${result.value.name} is saved` })
    onSaved(result.value.id)
  }

  function discard(): void {
    setError(null)
    dropDraft(id)
    keepPolicyDraft(id, null)
    if (environment === null) onSaved(null)
  }

  return (
    <section
      className="pane"
      data-env={markNames[draft.mark]}
      aria-label={environment === null ? 'New environment' : `Environment ${environment.name}`}
    >
      <form
        className="pane settings-form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <div className="head settings-head">
          <EnvMark mark={draft.mark} />
          <h2 className="title grow cut">{draft.name.trim() === '' ? 'New environment' : draft.name}</h2>
          {environment !== null && changes > 0 ? (
            <span className="small faint" role="status">
              {formatPlural(changes, 'unsaved change')}
            </span>
          ) : null}
          {changes > 0 || environment === null ? (
            <Button variant="quiet" onClick={discard}>
              {environment === null ? 'Cancel' : 'Discard'}
            </Button>
          ) : null}
          <Button
            variant="primary"
            type="submit"
            busy={busy}
            disabled={blocked || (environment !== null && changes === 0)}
          >
            {environment === null ? 'Add environment' : 'Save'}
          </Button>
        </div>
        {refusal !== null && refusedPlace === null ? (
          <Note tone="refused" title={refusal.title} detail={refusal.detail} onClose={() => setError(null)} />
        ) : null}
        <div className="scroll">
          <SettingRow name="Name">
            <TextField
              label="Name"
              hideLabel
              width={260}
              value={draft.name}
              maxLength={limits.environmentNameCharsMax}
              error={refusedPlace === 'name' ? refusedText : touched ? (faults.name ?? null) : null}
              onValueChange={(name) => change({ name })}
            />
          </SettingRow>
          <SettingRow name="Mark" hint="Shape and colour go together: nobody has to tell them by colour alone.">
            <Segments
              label="Mark"
              look="swatches"
              value={draft.mark}
              options={markOptions}
              onValueChange={(mark) => change({ mark })}
            />
          </SettingRow>
          <SettingRow name="Base URL">
            <TextField
              className="url-field"
              label="Base URL"
              hideLabel
              mono
              value={draft.baseUrl}
              readOnly={sandbox}
              maxLength={limits.urlCharsMax + 1}
              error={refusedPlace === 'baseUrl' ? refusedText : (faults.baseUrl ?? null)}
              hint={
                sandbox
                  ? 'Follows the port of the local server.'
                  : 'The only origin that keys of this environment are sent to.'
              }
              onValueChange={(baseUrl) => change({ baseUrl })}
            />
          </SettingRow>
          <SettingRow name="Plan" hint={planHints[draft.planKind]}>
            <div className="set-line">
              <Segments
                label="Plan"
                value={draft.planKind}
                options={planOptions}
                onValueChange={(planKind) => change({ planKind })}
              />
              {draft.planKind === 'enterprise' ? (
                <>
                  <TextField
                    label="Requests a minute"
                    hideLabel
                    width={104}
                    className="num"
                    inputMode="numeric"
                    value={draft.perMinute}
                    onValueChange={(perMinute) => change({ perMinute })}
                    aria-invalid={faults.perMinute !== undefined || undefined}
                  />
                  <span className="soft">requests a minute</span>
                </>
              ) : null}
            </div>
            {faults.perMinute === undefined ? null : (
              <p className="hint bad" role="status">
                {faults.perMinute}
              </p>
            )}
          </SettingRow>
          <SettingRow
            name="Rate group"
            hint="Keys of one account may share a limit: environments with the same group count in one window. Empty: counts by itself."
          >
            <RateGroupField
              value={draft.rateGroup}
              groups={groups}
              error={refusedPlace === 'rateGroup' ? refusedText : (faults.rateGroup ?? null)}
              onValueChange={(rateGroup) => change({ rateGroup })}
            />
          </SettingRow>
          <SettingRow name="Protected">
            <Switch checked={draft.protected} onCheckedChange={(next) => change({ protected: next })}>
              Only reads are allowed
            </Switch>
          </SettingRow>
          {environment === null ? null : <PolicyRows environment={environment} />}
          {environment === null || sandbox ? null : (
            <SettingRow
              name="Remove"
              hint={
                keyCount === 0
                  ? 'It has no keys.'
                  : `${formatPlural(keyCount, 'key')} would be deleted from the keychain. Revoke ${keyCount === 1 ? 'it' : 'them'} at the server first.`
              }
            >
              <Button icon="trash" className="danger-text" onClick={() => setRemoving(true)}>
                Remove {environment.name}
              </Button>
            </SettingRow>
          )}
        </div>
      </form>
      {removing && environment !== null ? (
        <RemoveEnvironmentDialog
          environment={environment}
          onClose={() => setRemoving(false)}
          onRemoved={() => {
            dropDraft(id)
            onSaved(null)
          }}
        />
      ) : null}
    </section>
  )
}
