import type { CallDetail } from '../../../shared/model/call.ts'

/** The address that a recorded call went to. */
export interface CallUrl {
  readonly url: string
  /** False when the folder of the base URL is not known any more: the log keeps origin and path alone. */
  readonly exact: boolean
}

/**
 * Joins what the log keeps with the folder of the environment's base URL, as long as that still has
 * the call's origin. `baseUrl` is null for an environment that is gone.
 */
export function buildCallUrl({ origin, summary }: CallDetail, baseUrl: string | null): CallUrl {
  const exact = baseUrl !== null && (baseUrl === origin || baseUrl.startsWith(`${origin}/`))
  return { url: (exact ? baseUrl.replace(/\/+$/, '') : origin) + summary.path, exact }
}
