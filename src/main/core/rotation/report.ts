import { describeError } from '../../../shared/error-text.ts'
import type {
  LeftBehind,
  RotationEnd,
  RotationLine,
  RotationRecord,
  RotationStep,
} from '../../../shared/model/rotation.ts'
import { hasBaseline, isOvertaken, listSteps } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import { redactText } from '../log/redaction.ts'

const stepNames: Readonly<Record<RotationStep, string>> = {
  prepare: 'Prepare',
  obtain: 'Obtain',
  store: 'Store',
  'read-back': 'Read back',
  prove: 'Prove',
  switch: 'Switch',
  drain: 'Drain',
  revoke: 'Revoke',
  'prove-dead': 'Prove dead',
  forget: 'Forget',
}

function formatTime(ms: number | null): string {
  return ms === null ? '–' : new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC')
}

/** Text of another origin inside Markdown: one line, and nothing that Markdown would read. */
function escapeText(text: string): string {
  return redactText(text)
    .replace(/[\r\n\p{Cc}]+/gu, ' ')
    .replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`)
}

function describeEnd(record: RotationRecord): string {
  const { end } = record
  if (end === null) {
    return record.proof.stillAlive ? 'Not ended: the old key still answers' : `Not ended: at ${stepNames[record.step]}`
  }
  const key = record.kind === 'revoke' ? 'the key' : 'the old key'
  if (end === 'unproven' && isOvertaken(record)) return 'Overtaken by the revocation of all keys, which goes on asking'
  if (isOvertaken(record)) return 'Overtaken by the revocation of all keys before the switch'
  if (record.kind === 'revoke' && (end === 'cancelled' || end === 'went-back' || end === 'failed')) {
    return end === 'failed' ? 'Failed: the key was not revoked' : 'Kept: the key was not revoked'
  }
  const texts: Readonly<Record<RotationEnd, string>> = {
    done: `Done: ${key} is proven dead, its secret deleted`,
    cancelled: 'Cancelled: the old key is in use',
    failed: 'Failed: the old key is in use',
    'went-back': 'Went back: the old key is in use again',
    unproven: `Ended without proof that ${key} is dead`,
  }
  return texts[end]
}

function describeLeftBehind({ what, detail }: LeftBehind): string {
  const name = escapeText(detail)
  switch (what) {
    case 'key-kept':
      return `The new key ${name} is alive and kept in Keys.`
    case 'key-kept-refused':
      return `The new key ${name} is kept in Keys, but it is refused or was ended. Delete it there.`
    case 'key-at-issuer':
      return `The new key ${name} is alive at the issuer, and its secret is not here. Revoke it there.`
    case 'maybe-key-at-issuer':
      return `There may be a key labelled ${name} at the issuer. Look for it there, and revoke it.`
    case 'old-key-unproven':
      return `The old key ${name} may still be alive.`
    default:
      return assertNever(what)
  }
}

/** A line of the journal in words. */
export function describeLine({ what, detail }: RotationLine): string {
  const name = escapeText(detail)
  switch (what) {
    case 'started':
      return `started, issuer: ${name}`
    case 'resumed':
      return 'resumed after a restart'
    case 'create-asked':
      return 'issuer asked for a key'
    case 'created':
      return `issuer gave ${name}`
    case 'taken':
      return `took ${name} from the clipboard`
    case 'tidied':
      return `ended ${name} keys at the issuer whose answer was lost`
    case 'stored':
      return 'stored in the keychain, in an item of its own'
    case 'lost':
      return `${name} was lost before it was stored; another one is asked for`
    case 'read-back':
      return 'read back and compared'
    case 'proven':
      return name === '' ? 'the server accepted the new key' : 'the server accepted the new key, with narrow rights'
    case 'refused':
      return `the server refused ${name}`
    case 'switched':
      return `calls use ${name} from here on`
    case 'drained':
      return 'nothing in flight on the old key'
    case 'overlap-over':
      return `the overlap was over with ${name} calls in flight on the old key`
    case 'page-opened':
      return 'opened the API Keys page'
    case 'revoke-asked':
      return 'issuer asked to end the old key'
    case 'revoked':
      if (name === 'unknown') return 'the issuer knows no such key, so nothing may have been ended'
      return name === 'by-hand' ? 'a person said that they ended the old key' : 'issuer ended the old key'
    case 'signature':
      return `a key that never existed is refused with: ${name}`
    case 'alive':
      return 'the old key still answers'
    case 'unlike':
      return `the old key is refused otherwise: ${name}`
    case 'refusal':
      return `matching refusal ${name} of 3`
    case 'control':
      if (name === 'none') {
        return 'no other key was at hand to compare with: a made-up key was refused in the same way before and after'
      }
      if (name === 'missing') return 'refused three times, with nothing to compare it with: no proof'
      return name === 'alive' ? 'control: another key is accepted' : 'control: another key is refused as well'
    case 'still-alive':
      return 'the old key answers longer than it may'
    case 'dead':
      return 'the old key is dead'
    case 'forgotten':
      return 'secret of the old key deleted; its passport stays'
    case 'cancel-asked':
      return 'cancel asked for'
    case 'back-asked':
      return 'going back asked for'
    case 'stop-asked':
      return 'asking stopped'
    case 'problem':
      return `waits: ${name}`
    case 'ended':
      return `ended: ${name}`
    default:
      return assertNever(what)
  }
}

/** What tells this death from a service that refuses everybody. */
function describeControl(record: RotationRecord): string {
  const { deadAtMs, lines } = record
  const control = lines.filter(({ what }) => what === 'control').at(-1)?.detail
  if (deadAtMs === null || control === undefined) return '–'
  if (control !== 'none') return 'Another key was accepted after the three refusals.'
  const alone = 'No other key was at hand. The only evidence is that the key is refused as a made-up one was'
  return hasBaseline(record) ? `${alone}, before and after.` : `${alone}, after its revocation.`
}

/** Who ended the old key, as far as somebody said or proved it. */
function describeRevocation({ issuer, revokeAskedAtMs, revokedAtMs, deadAtMs }: RotationRecord): string {
  if (issuer === 'automatic') return formatTime(revokedAtMs)
  if (revokedAtMs !== null || deadAtMs !== null) return 'by hand, on the API Keys page'
  return revokeAskedAtMs === null ? '–' : `not known; the page was opened at ${formatTime(revokeAskedAtMs)}`
}

function listFacts(record: RotationRecord): readonly (readonly [string, string])[] {
  const { newKey, oldKey, proof } = record
  return [
    ['Environment', escapeText(record.environmentName)],
    ['Outcome', describeEnd(record)],
    ['Old key', `${escapeText(oldKey.label)}, ${escapeText(oldKey.mask)}, fingerprint ${oldKey.fingerprint}`],
    ...(record.kind === 'revoke'
      ? []
      : ([
          [
            'New key',
            newKey === null
              ? '–'
              : `${escapeText(newKey.label)}, ${escapeText(newKey.mask)}, fingerprint ${newKey.fingerprint}`,
          ],
          ['New key proven', formatTime(record.provenAtMs)],
          ['Switched', formatTime(record.switchedAtMs)],
          ['Last use of the old key', formatTime(record.oldLastUsedAtMs)],
          ['Drained', formatTime(record.drainedAtMs)],
        ] as const)),
    ['Revocation asked for', formatTime(record.revokeAskedAtMs)],
    ['Revoked', describeRevocation(record)],
    ['Refusals that prove it', proof.refusedAtMs.length === 0 ? '–' : proof.refusedAtMs.map(formatTime).join('; ')],
    ['Control', describeControl(record)],
    ['Proven dead', formatTime(record.deadAtMs)],
    ['Failed calls', String(record.failedCalls)],
    ['Calls repeated on the new key', String(record.retriedCalls)],
    ['Calls in flight when the overlap ended', String(record.lateCalls)],
    ['Answers of the old key after its revocation', String(proof.alive)],
  ]
}

/**
 * The report of a rotation as Markdown: facts, each step with its evidence, and what is left behind.
 * `batch` are the records of the same panic; with more than one they become a table. Holds no secret.
 */
export function formatReport(record: RotationRecord, batch: readonly RotationRecord[]): string {
  const title = record.kind === 'rotate' ? 'Rotation report' : 'Revocation report'
  const facts = listFacts(record).map(([name, value]) => `| ${name} | ${value} |`)
  const steps = listSteps(record)
    .filter(({ state, lines }) => state !== 'skipped' && (state !== 'waiting' || lines.length > 0))
    .flatMap(({ step, lines }) => [
      `### ${stepNames[step]}`,
      '',
      ...(lines.length === 0
        ? ['- nothing to note']
        : lines.map((line) => `- ${formatTime(line.atMs)}: ${describeLine(line)}`)),
      '',
    ])
  const left = record.leftBehind.map((item) => `- ${describeLeftBehind(item)}`)
  const problem = record.problem === null ? null : describeError(record.problem.error, record)
  const rows = batch.map(
    (other) =>
      `| ${escapeText(other.environmentName)} | ${escapeText(other.oldKey.label)} | ${escapeText(other.oldKey.mask)} | ${describeEnd(other)} | ${formatTime(other.deadAtMs)} |`,
  )
  const text = [
    `# ${title}: ${escapeText(record.environmentName)}`,
    '',
    '| | |',
    '| --- | --- |',
    ...facts,
    '',
    ...(problem === null ? [] : [`**${escapeText(problem.title)}.** ${escapeText(problem.detail)}`, '']),
    ...(left.length === 0 ? [] : ['## Left behind', '', ...left, '']),
    ...(rows.length < 2
      ? []
      : [
          '## All keys of this revocation',
          '',
          '| environment | key | mask | outcome | proven dead |',
          '| --- | --- | --- | --- | --- |',
          ...rows,
          '',
        ]),
    '## Journal',
    '',
    ...steps,
  ].join('\n')
  return redactText(text)
}
