import { type ReactNode, useEffect, useState } from 'react'
import { numberPlaces } from './places.ts'

/** How a wait looks: nothing below 300 ms, a skeleton below 1 s, then words. */
export type WaitingStage = 'quiet' | 'skeleton' | 'words'

const skeletonAfterMs = 300
const wordsAfterMs = 1000

/** Stage of a wait that began when the component appeared. */
export function useWaitingStage(): WaitingStage {
  const [stage, setStage] = useState<WaitingStage>('quiet')
  useEffect(() => {
    const skeleton = setTimeout(() => setStage('skeleton'), skeletonAfterMs)
    const words = setTimeout(() => setStage('words'), wordsAfterMs)
    return () => {
      clearTimeout(skeleton)
      clearTimeout(words)
    }
  }, [])
  return stage
}

/** A bar in place of a text that is still to come; widths in px. */
export function Skeleton({ widths }: { widths: readonly number[] }) {
  return (
    <div className="skels" aria-hidden="true">
      {numberPlaces(widths).map(({ place, item }) => (
        <span key={place} className="skel" style={{ width: item }} />
      ))}
    </div>
  )
}

interface WaitingProps {
  /** What is waited for, as `Fetching messages of support-agent`. */
  readonly what: string
  /** Rows of the skeleton; each a list of widths in px. */
  readonly rows?: readonly (readonly number[])[]
  readonly action?: ReactNode
}

const usualRows: readonly (readonly number[])[] = [
  [70, 40, 170],
  [70, 40, 122],
  [54, 62, 150],
]

/** A wait: nothing at first, a skeleton after 300 ms, what it waits for after 1 s. */
export function Waiting({ what, rows = usualRows, action }: WaitingProps) {
  const stage = useWaitingStage()
  return (
    <div className="waiting" role="status" aria-busy="true">
      {stage === 'quiet' ? <span className="unseen">{what}</span> : null}
      {stage === 'quiet' ? null : numberPlaces(rows).map(({ place, item }) => <Skeleton key={place} widths={item} />)}
      {stage === 'words' ? (
        <p className="waiting-words soft small">
          <span className="spin" />
          {what}
          {action}
        </p>
      ) : null}
    </div>
  )
}
