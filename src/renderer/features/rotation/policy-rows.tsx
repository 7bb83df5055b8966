import type { Environment } from '../../../shared/model/environment.ts'
import type { AutomaticIssuer, IssuerKind } from '../../../shared/model/rotation.ts'
import { takeCredential, usePolicy } from '../../store/rotations.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { type Option, Segments } from '../../ui/segments.tsx'
import { SettingRow } from '../settings/setting-row.tsx'
import {
  countPolicyChanges,
  findPolicyFaults,
  keepPolicyDraft,
  type PolicyDraft,
  policyDraftOf,
  policyInputOf,
  usePolicyDrafts,
} from './policy-draft.ts'
import './policy.css'

const issuerOptions: readonly Option<IssuerKind>[] = [
  { value: 'dashboard', label: 'Dashboard' },
  { value: 'automatic', label: 'Automatic' },
]
const createOptions: readonly Option<AutomaticIssuer['createMethod']>[] = [
  { value: 'POST', label: 'POST' },
  { value: 'PUT', label: 'PUT' },
]
const revokeOptions: readonly Option<AutomaticIssuer['revokeMethod']>[] = [
  { value: 'DELETE', label: 'DELETE' },
  { value: 'POST', label: 'POST' },
]

/** What is being typed about an environment's rotations, beside what is saved. */
export function usePolicyDraft(environmentId: string) {
  const policy = usePolicy(environmentId)
  const saved = policyDraftOf(policy)
  const draft = usePolicyDrafts((state) => state.byId[environmentId]) ?? saved
  return {
    policy,
    draft,
    changes: countPolicyChanges(draft, saved),
    blocked: Object.keys(findPolicyFaults(draft)).length > 0,
    input: policyInputOf(draft),
    change(part: Partial<PolicyDraft>): void {
      const next = { ...draft, ...part }
      keepPolicyDraft(environmentId, countPolicyChanges(next, saved) === 0 ? null : next)
    },
  }
}

function Fault({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p className="hint bad" role="status">
      {text}
    </p>
  )
}

/** Rows of the environment's form: who makes its keys, how old they may become, how they overlap. */
export function PolicyRows({ environment }: { environment: Environment }) {
  const { policy, draft, change } = usePolicyDraft(environment.id)
  const faults = findPolicyFaults(draft)
  const number = (label: string, value: string, onValueChange: (value: string) => void, bad: boolean) => (
    <TextField
      label={label}
      hideLabel
      width={64}
      className="num"
      inputMode="decimal"
      value={value}
      aria-invalid={bad || undefined}
      onValueChange={onValueChange}
    />
  )
  return (
    <>
      <SettingRow name="Key age" hint="Old keys are told of once a day. They stay in use: nothing is blocked.">
        <div className="set-line">
          <span className="soft">warn after</span>
          {number('Warn after days', draft.warnDays, (warnDays) => change({ warnDays }), faults.age !== undefined)}
          <span className="soft">days, overdue after</span>
          {number(
            'Overdue after days',
            draft.overdueDays,
            (overdueDays) => change({ overdueDays }),
            faults.age !== undefined,
          )}
          <span className="soft">days</span>
        </div>
        <Fault text={faults.age} />
      </SettingRow>
      <SettingRow
        name="Rotation"
        hint="Both keys are valid in the overlap, so that calls in flight end on the old one."
      >
        <div className="set-line">
          <span className="soft">overlap at most</span>
          {number(
            'Overlap in seconds',
            draft.overlapSeconds,
            (overlapSeconds) => change({ overlapSeconds }),
            faults.overlap !== undefined,
          )}
          <span className="soft">s, tell loudly when alive after</span>
          {number(
            'Still alive after minutes',
            draft.stillAliveMinutes,
            (stillAliveMinutes) => change({ stillAliveMinutes }),
            faults.stillAlive !== undefined,
          )}
          <span className="soft">min</span>
        </div>
        <Fault text={faults.overlap ?? faults.stillAlive} />
      </SettingRow>
      <SettingRow
        name="Issuer"
        hint={
          policy.fixed
            ? 'The local server makes and ends its keys by itself.'
            : draft.issuerKind === 'dashboard'
              ? 'You make and revoke keys on this page; the app takes them from the clipboard and proves them.'
              : 'An HTTP endpoint of yours makes and ends keys; a rotation is one click.'
        }
      >
        {policy.fixed ? (
          <p className="set-value">Automatic</p>
        ) : (
          <div className="issuer">
            <Segments
              label="Issuer"
              value={draft.issuerKind}
              options={issuerOptions}
              onValueChange={(issuerKind) => change({ issuerKind })}
            />
            {draft.issuerKind === 'dashboard' ? (
              <TextField
                label="Page"
                mono
                value={draft.pageUrl}
                error={faults.pageUrl ?? null}
                onValueChange={(pageUrl) => change({ pageUrl })}
              />
            ) : (
              <>
                <div className="issuer-line">
                  <Segments
                    label="Method that makes a key"
                    value={draft.createMethod}
                    options={createOptions}
                    onValueChange={(createMethod) => change({ createMethod })}
                  />
                  <TextField
                    label="Address that makes a key"
                    mono
                    value={draft.createUrl}
                    placeholder="https://keys.example.com/keys"
                    error={draft.createUrl === '' ? null : (faults.createUrl ?? null)}
                    onValueChange={(createUrl) => change({ createUrl })}
                  />
                </div>
                <div className="issuer-pair">
                  <TextField
                    label="Key in the answer"
                    mono
                    value={draft.keyPath}
                    onValueChange={(keyPath) => change({ keyPath })}
                  />
                  <TextField
                    label="Its name in the answer"
                    mono
                    value={draft.idPath}
                    onValueChange={(idPath) => change({ idPath })}
                  />
                </div>
                <Fault text={faults.paths} />
                <div className="issuer-line">
                  <Segments
                    label="Method that ends a key"
                    value={draft.revokeMethod}
                    options={revokeOptions}
                    onValueChange={(revokeMethod) => change({ revokeMethod })}
                  />
                  <TextField
                    label="Address that ends a key"
                    mono
                    value={draft.revokeUrl}
                    placeholder="https://keys.example.com/keys/{id}"
                    error={draft.revokeUrl === '' ? null : (faults.revokeUrl ?? null)}
                    onValueChange={(revokeUrl) => change({ revokeUrl })}
                  />
                </div>
                <div className="set-line">
                  <Button icon="clipboard" onClick={() => void takeCredential(environment.id)}>
                    Take its credential from the clipboard
                  </Button>
                  <span className={policy.hasCredential ? 'soft' : 'warn'}>
                    {policy.hasCredential ? 'kept in the keychain' : 'none yet'}
                  </span>
                </div>
              </>
            )}
          </div>
        )}
      </SettingRow>
    </>
  )
}
