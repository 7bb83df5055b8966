import {
  isOvertaken,
  type LeftBehind,
  type Rotation,
  type RotationLine,
  type RotationRecord,
  type RotationStep,
  type StepView,
} from '../../../shared/model/rotation.ts'
import type { WaitingCalls } from '../../../shared/model/waiting.ts'
import { assertNever } from '../../../shared/result.ts'
import { formatClockSeconds, formatCountdown, formatDuration, formatPlural } from '../../ui/format.ts'
import { describeCallEnd } from '../frame/waiting-text.ts'

/** Refusals in a row that are a death. */
export const refusalsNeeded = 3

/** Name of a step, as a heading. */
export function nameStep(step: RotationStep, kind: Rotation['kind']): string {
  switch (step) {
    case 'prepare':
      return 'Prepare'
    case 'obtain':
      return 'Obtain'
    case 'store':
      return 'Store'
    case 'read-back':
      return 'Read back'
    case 'prove':
      return 'Prove'
    case 'switch':
      return 'Switch'
    case 'drain':
      return 'Drain'
    case 'revoke':
      return kind === 'revoke' ? 'Revoke the key' : 'Revoke the old key'
    case 'prove-dead':
      return 'Prove dead'
    case 'forget':
      return 'Forget'
    default:
      return assertNever(step)
  }
}

/** What a step will do, before it has begun. `backend` is the name of the keychain. */
export function describePlan(step: RotationStep, rotation: Rotation, backend: string): string {
  const automatic = rotation.issuer === 'automatic'
  switch (step) {
    case 'prepare':
      return 'Opens the journal, so that a restart goes on from here.'
    case 'obtain':
      return automatic
        ? 'The issuer makes a new key.'
        : 'You make a new key on the API Keys page; it is taken from the clipboard.'
    case 'store':
      return `A new item in ${backend}. The old one is not touched.`
    case 'read-back':
      return `${backend} has to give back the same key.`
    case 'prove':
      return 'GET /labels with the new key, before anything uses it.'
    case 'switch':
      return 'Every call that starts from then on uses the new key.'
    case 'drain':
      return `Calls in flight end on the old key, for ${formatDuration(rotation.overlapMs)} at most.`
    case 'revoke':
      return automatic ? 'The issuer ends it.' : 'You revoke it on the API Keys page.'
    case 'prove-dead':
      return 'Three refusals in a row, each like that of a key that never existed.'
    case 'forget':
      return 'The secret leaves the keychain. The passport stays.'
    default:
      return assertNever(step)
  }
}

/** How one answer about the old key is shown: its word and whether it counts. */
export interface ProbeLine {
  readonly atMs: number
  readonly what: 'alive' | 'refusal' | 'unlike'
  readonly detail: string
}

/** The newest answers about the old key, oldest first. */
export function listProbes(record: RotationRecord, most: number): readonly ProbeLine[] {
  return record.lines
    .flatMap(({ atMs, what, detail }): ProbeLine[] =>
      what === 'alive' || what === 'refusal' || what === 'unlike' ? [{ atMs, what, detail }] : [],
    )
    .slice(-most)
}

/** An answer about the old key in words. */
export function describeProbe({ what }: ProbeLine): string {
  switch (what) {
    case 'alive':
      return 'alive'
    case 'refusal':
      return 'refused, like a key that never existed'
    case 'unlike':
      return 'refused in another way, which proves nothing'
    default:
      return assertNever(what)
  }
}

/** Live answers since the one that the journal tells first, in words; null when there were none. */
export function describeMoreAlive({ proof }: RotationRecord): string | null {
  if (proof.alive < 2 || proof.lastAliveAtMs === null) return null
  return `alive ${proof.alive} times, last at ${formatClockSeconds(proof.lastAliveAtMs)}`
}

/** How far the proof of death is: `refused 1 of 3`. Null before it has begun. */
export function describeProof(record: RotationRecord): string | null {
  const refused = Math.min(refusalsNeeded, record.proof.refusedAtMs.length)
  if (record.step !== 'prove-dead' && refused === 0) return null
  return `refused ${refused} of ${refusalsNeeded}`
}

/** True while nothing moves until a person does something on the API Keys page. */
export function asksPerson({ waitsFor }: Rotation): boolean {
  return waitsFor === 'new-key' || waitsFor === 'revoke'
}

/** A running rotation in half a line, for a note or a list. */
export function describeStage(rotation: Rotation): string {
  if (rotation.proof.stillAlive) {
    return rotation.kind === 'revoke' ? 'It is still alive.' : 'The old key is still alive.'
  }
  if (rotation.waitsFor === 'new-key') return 'Your turn: make a new key on the API Keys page.'
  if (rotation.waitsFor === 'revoke') {
    return `Your turn: revoke ${rotation.kind === 'revoke' ? 'it' : 'the old key'} on the API Keys page.`
  }
  const proof = describeProof(rotation)
  return `At “${nameStep(rotation.step, rotation.kind)}”${proof === null ? '' : `, ${proof}`}.`
}

/** What a running rotation waits for, with what holds its own call back. Null when it waits for nothing. */
export function describeWait(rotation: Rotation, nowMs: number, waiting?: WaitingCalls): string | null {
  const next = rotation.nextAtMs === null ? '' : ` Next try in ${formatCountdown(rotation.nextAtMs - nowMs)}.`
  switch (rotation.waitsFor) {
    case null:
      return null
    case 'new-key':
      return 'Waits for a new key on the clipboard.'
    case 'revoke':
      return 'Waits for you to revoke the old key.'
    case 'calls':
      return rotation.inFlight === 0
        ? 'No call is in flight on the old key.'
        : `${formatPlural(rotation.inFlight, 'call')} still in flight on the old key.`
    case 'issuer':
      return `Waits for the issuer.${next}`
    case 'service': {
      const proof = waiting?.calls.find(
        ({ environmentId, priority }) => environmentId === rotation.environmentId && priority === 'proof',
      )
      return proof === undefined
        ? `Waits for the service.${next}`
        : `Its call to the service waits: ${describeCallEnd(proof, nowMs)}.`
    }
    case 'keychain':
      return `Waits for the keychain.${next}`
    case 'disk':
      return `Waits for the disk.${next}`
    default:
      return assertNever(rotation.waitsFor)
  }
}

/** What a cancelled rotation would leave behind now. */
export function describeCancel(rotation: Rotation): string {
  if (rotation.issuer === 'automatic' && (rotation.newKey !== null || rotation.createsAsked > 0)) {
    return 'Calls stay on the old key. The new key is ended at the issuer again; what cannot be ended is named.'
  }
  if (rotation.newKey !== null) {
    return `Calls stay on the old key. The new key ${rotation.newKey.mask} stays in Keys, unused; it is alive until you revoke it.`
  }
  return 'Calls stay on the old key, and nothing is left behind.'
}

/** Something that a rotation left behind, in words. */
export function describeLeftBehind({ what, detail }: LeftBehind): string {
  switch (what) {
    case 'key-kept':
      return `The new key “${detail}” is alive and stays in Keys. Revoke it there if nothing should use it.`
    case 'key-kept-refused':
      return `The new key “${detail}” stays in Keys, but it is refused or was ended. Delete it there.`
    case 'key-at-issuer':
      return `A new key, ${detail}, is alive where it was made, and its secret is not here. Revoke it there.`
    case 'maybe-key-at-issuer':
      return `There may be a key “${detail}” at the issuer. Look there, and revoke it.`
    case 'old-key-unproven':
      return `The old key ${detail} may still be alive. Revoke it where it was made.`
    default:
      return assertNever(what)
  }
}

/** How a rotation ended, in words. */
export interface OutcomeText {
  readonly title: string
  readonly detail: string
  readonly tone: 'good' | 'plain' | 'bad'
}

/** What came of a rotation; null while it runs. */
export function describeOutcome(record: RotationRecord): OutcomeText | null {
  const { end, kind, oldKey } = record
  const took = record.endedAtMs === null ? '' : ` after ${formatStepTime(record.endedAtMs - record.startedAtMs)}`
  if (end !== null && isOvertaken(record)) {
    return {
      title: 'Overtaken by the revocation of all keys',
      detail: `Ended${took}. Both of its keys have a revocation of their own, which goes on asking.`,
      tone: 'plain',
    }
  }
  switch (end) {
    case null:
      return null
    case 'done': {
      const dead =
        record.deadAtMs === null ? '' : ` Proven dead at ${formatClockSeconds(record.deadAtMs)}, its secret is deleted.`
      return kind === 'revoke'
        ? { title: `${oldKey.label} is dead`, detail: `Done${took}.${dead}`, tone: 'good' }
        : {
            title: `${oldKey.label} is rotated`,
            detail: `Done${took}.${dead} Failed calls: ${record.failedCalls}.`,
            tone: 'good',
          }
    }
    case 'cancelled':
      if (kind === 'revoke') {
        return { title: `${oldKey.label} is kept`, detail: `Ended${took}. It was not revoked.`, tone: 'plain' }
      }
      return { title: 'Cancelled before the switch', detail: `Ended${took}. Calls use the old key.`, tone: 'plain' }
    case 'failed':
      return { title: 'Not rotated', detail: `Ended${took}. Calls use the old key, as before.`, tone: 'bad' }
    case 'went-back':
      return kind === 'revoke'
        ? { title: `${oldKey.label} is kept`, detail: `Ended${took}. It is alive and was not revoked.`, tone: 'plain' }
        : { title: 'Back on the old key', detail: `Ended${took}. Calls use the old key again.`, tone: 'plain' }
    case 'unproven':
      return {
        title: `${oldKey.label} is not proven dead`,
        detail: `Nobody asks any more${took}. It stays revoking, with its secret, until it is proven.`,
        tone: 'bad',
      }
    default:
      return assertNever(end)
  }
}

/** How long a step took or has taken so far; null before it began. */
export function measureStep(view: StepView, nowMs: number): number | null {
  if (view.startedAtMs === null) return null
  if (view.endedAtMs !== null) return Math.max(0, view.endedAtMs - view.startedAtMs)
  return view.state === 'now' ? Math.max(0, nowMs - view.startedAtMs) : null
}

/** Duration of a step with the precision that a stepper needs: `< 0.1 s`, `4.4 s`, `45 s`, `5 min 41 s`. */
export function formatStepTime(ms: number): string {
  if (ms < 100) return '< 0.1 s'
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const rest = seconds % 60
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

const troubles: Readonly<Record<string, string>> = {
  KEYCHAIN: 'the keychain',
  STORAGE: 'the disk',
  ISSUER: 'the issuer',
  ROTATION: 'the proof',
}

/** The name of an error as the journal keeps it, in words: `KEYCHAIN locked` is “the keychain, locked”. */
function describeTrouble(name: string): string {
  const [kind = '', fault] = name.split(' ')
  return `${troubles[kind] ?? 'this step'}${fault === undefined ? '' : ` (${fault.replaceAll('-', ' ')})`}`
}

/** One line of the journal as evidence; null for a line that says nothing to a person. */
export function describeLine(line: RotationLine, record: RotationRecord, backend: string): string | null {
  const { what, detail } = line
  const more = detail === '' ? '' : `, ${detail}`
  switch (what) {
    case 'started':
      return line.step === 'prepare' ? 'Journal opened.' : null
    case 'resumed':
      return `Resumed at ${formatClockSeconds(line.atMs)} after a restart.`
    case 'create-asked':
      return 'Asked the issuer for a key.'
    case 'created':
      return `The issuer made ${detail === '' ? 'a key' : detail}.`
    case 'taken':
      return `Taken from the clipboard: ${detail === '' ? (record.newKey?.mask ?? 'a key') : detail}. Stored nowhere else.`
    case 'tidied':
      return `Ended ${formatPlural(Number(detail), 'key')} at the issuer that nobody had.`
    case 'stored':
      return `New item in ${backend}.`
    case 'lost':
      return `The new key ${detail} was lost before it was stored.`
    case 'read-back':
      return `${backend} gave back the same key.`
    case 'proven':
      return detail === 'narrow'
        ? 'GET /labels with the new key was answered 403: alive, with few rights.'
        : 'GET /labels with the new key was answered 200.'
    case 'refused':
      return 'GET /labels with the new key was refused with 401.'
    case 'switched':
      return 'Every call that starts from here uses the new key.'
    case 'drained':
      return 'No call is in flight on the old key.'
    case 'overlap-over':
      return `The overlap is over${detail === '' ? '' : `; ${formatPlural(Number(detail), 'call')} ended late`}.`
    case 'page-opened':
      return `The API Keys page was opened at ${formatClockSeconds(line.atMs)}, for you to revoke it there.`
    case 'revoke-asked':
      return 'Asked the issuer to end it.'
    case 'revoked':
      if (detail === 'unknown') return 'The issuer knows no such key, so nothing may have been ended.'
      return detail === 'by-hand'
        ? `You said at ${formatClockSeconds(line.atMs)} that it is revoked.`
        : `Revoked at ${formatClockSeconds(line.atMs)}.`
    case 'signature':
      return `A key that never existed is refused with “${detail.replace(/[.\s]+$/, '')}”.`
    case 'alive':
      return `Alive at ${formatClockSeconds(line.atMs)}${more}.`
    case 'unlike':
      return `Refused in another way at ${formatClockSeconds(line.atMs)}${more}.`
    case 'refusal':
      return `Refused at ${formatClockSeconds(line.atMs)}.`
    case 'control':
      if (detail === 'none') {
        return 'No other key was at hand to compare with: a made-up key was refused in the same way before and after.'
      }
      if (detail === 'missing') {
        return `Refused three times by ${formatClockSeconds(line.atMs)}, with nothing to compare it with: no proof.`
      }
      return detail === 'refused'
        ? `Another key was refused too at ${formatClockSeconds(line.atMs)}: the refusals do not count.`
        : 'Another key was answered meanwhile, so the refusals mean the old one.'
    case 'still-alive':
      return `Still alive at ${formatClockSeconds(line.atMs)}.`
    case 'dead':
      return 'Three matching refusals in a row: dead.'
    case 'forgotten':
      return `The secret left ${backend}. The passport stays.`
    case 'cancel-asked':
      return `Cancelled by you at ${formatClockSeconds(line.atMs)}.`
    case 'back-asked':
      return `You went back to the old key at ${formatClockSeconds(line.atMs)}.`
    case 'stop-asked':
      return `You stopped the asking at ${formatClockSeconds(line.atMs)}.`
    case 'problem':
      return `Trouble with ${describeTrouble(detail)} at ${formatClockSeconds(line.atMs)}.`
    case 'ended':
      return null
    default:
      return assertNever(what)
  }
}

function listTimes(lines: readonly RotationLine[]): string {
  const times = lines.map(({ atMs }) => formatClockSeconds(atMs))
  const last = times.at(-1) ?? ''
  return times.length < 2 ? last : `${times.slice(0, -1).join(', ')} and ${last}`
}

/** Answers about the old key, told together. */
function describeAnswers(lines: readonly RotationLine[], record: RotationRecord): string[] {
  const of = (what: RotationLine['what']) => lines.filter((line) => line.what === what)
  const [alive, unlike, refusals] = [of('alive'), of('unlike'), of('refusal')]
  const more = describeMoreAlive(record)
  return [
    ...(alive.length === 0 ? [] : [more === null ? `Alive at ${listTimes(alive)}.` : `It was ${more}.`]),
    ...(unlike.length === 0 ? [] : [`Refused in another way at ${listTimes(unlike)}, which proves nothing.`]),
    ...(refusals.length === 0 ? [] : [`Refused at ${listTimes(refusals.slice(-refusalsNeeded))}.`]),
  ]
}

const answers: readonly RotationLine['what'][] = ['alive', 'unlike', 'refusal']

/** The evidence of a step in sentences, each once. The present step shows the answers in its box instead. */
export function describeEvidence(view: StepView, record: RotationRecord, backend: string): string {
  const sentences: string[] = []
  let told = view.state === 'now'
  for (const line of view.lines) {
    const isAnswer = answers.includes(line.what)
    const next = !isAnswer ? [describeLine(line, record, backend)] : told ? [] : describeAnswers(view.lines, record)
    if (isAnswer) told = true
    for (const sentence of next) if (sentence !== null && !sentences.includes(sentence)) sentences.push(sentence)
  }
  return sentences.join(' ')
}
