import type { AppError } from '../../../shared/error.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { Result } from '../../../shared/result.ts'

/** The checks that a key passes on its way in, in the order in which they are shown. */
export const addChecks = ['form', 'known', 'stored', 'proven'] as const

/** Name of a check. */
export type AddCheck = (typeof addChecks)[number]

/** Where a check stands. `unclear`: it ran and nothing was learned. */
export type CheckOutcome = 'open' | 'passed' | 'failed' | 'unclear'

/** Outcome of each check. */
export type AddOutcomes = Readonly<Record<AddCheck, CheckOutcome>>

/** Nothing was checked yet. */
export const openOutcomes: AddOutcomes = { form: 'open', known: 'open', stored: 'open', proven: 'open' }

function outcomesOfError(error: AppError): AddOutcomes {
  switch (error.kind) {
    case 'KEY_MALFORMED':
      return { ...openOutcomes, form: 'failed' }
    case 'KEY_EXISTS':
      return { ...openOutcomes, form: 'passed', known: 'failed' }
    case 'TEST_KEY':
      return { ...openOutcomes, form: 'passed' }
    case 'KEYCHAIN':
    case 'STORAGE':
      return { ...openOutcomes, form: 'passed', known: 'passed', stored: 'failed' }
    default:
      return openOutcomes
  }
}

/** What main's answer says about each check: it stops at the first that fails, and stores before it proves. */
export function readOutcomes(result: Result<KeySummary>): AddOutcomes {
  if (!result.ok) return outcomesOfError(result.error)
  const stored: AddOutcomes = { form: 'passed', known: 'passed', stored: 'passed', proven: 'unclear' }
  switch (result.value.state) {
    case 'active':
      return { ...stored, proven: 'passed' }
    case 'rejected':
      return { ...stored, proven: 'failed' }
    default:
      return stored
  }
}
