import type { Environment } from '../../shared/model/environment.ts'

/** Plans as people call them. */
export const planNames: Readonly<Record<Environment['plan']['kind'], string>> = {
  free: 'Free',
  pro: 'Pro',
  enterprise: 'Enterprise',
  learn: 'Learn from headers',
}
