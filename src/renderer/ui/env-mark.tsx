import type { Mark } from '../../shared/model/environment.ts'

/** Names that the tokens give to the four marks. */
export const markNames = { neutral: 'sandbox', blue: 'dev', yellow: 'staging', crimson: 'prod' } as const

/** The shape of an environment, in its colour. Decorative: its name stands beside it. */
export function EnvMark({ mark }: { mark: Mark }) {
  const name = markNames[mark]
  return (
    <svg className={`g g-${name}`} viewBox="0 0 12 12" aria-hidden="true">
      <use href={`#mark-${name}`} />
    </svg>
  )
}
