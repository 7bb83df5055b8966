import { panicConfirmation } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { RevokePlan } from '../../../shared/model/rotation.ts'
import { formatPlural } from '../../ui/format.ts'

/** What is lost when a key is revoked without a successor. `plan` is null until main has told. */
export function describeLoss(key: KeySummary, environment: Environment, plan: RevokePlan | null): string {
  const how =
    plan?.issuer === 'dashboard'
      ? 'You revoke it on the API Keys page; the app asks until it is proven dead.'
      : plan === null
        ? ''
        : 'The issuer ends it at once; the app asks until it is proven dead.'
  const isUsed = plan?.inUse === true || environment.activeKeyId === key.id
  const calls = !isUsed
    ? ''
    : environment.kind === 'sandbox'
      ? ` ${environment.name} gets a new key of its own.`
      : ` Calls of ${environment.name} stop: there is no successor. Rotate instead to go on without a gap.`
  return `${key.mask} is ended for good.${calls} ${how}`.trim()
}

/** What used a key in the last day. */
export function describeUse(plan: RevokePlan): string {
  if (plan.today + plan.yesterday === 0) return 'Nothing used it today or yesterday.'
  const flight = plan.inFlight === 0 ? '' : ` ${formatPlural(plan.inFlight, 'call')} in flight now.`
  return `${formatPlural(plan.today, 'call')} today, ${plan.yesterday} yesterday.${flight}`
}

/** True for a key that may still be alive somewhere, whatever this app knows of it. */
export function isEndable(key: Pick<KeySummary, 'state'>): boolean {
  return key.state !== 'dead'
}

/** What must be typed before all keys of an environment, or of all (null), are revoked. */
export function confirmationOf(environment: Environment | null): string {
  return environment === null ? panicConfirmation : environment.name
}
