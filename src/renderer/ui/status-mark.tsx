/** Tone of an answer: 2xx, 429, other 4xx and 5xx, none. */
export function toneOfStatus(status: number | null): 'ok' | 'backed-off' | 'failed' | 'none' {
  if (status === null) return 'none'
  if (status === 429) return 'backed-off'
  return status < 400 ? 'ok' : 'failed'
}

const marks = { ok: '', 'backed-off': 'w', failed: 'b', none: 'n' } as const

/** An answer as shape and number: circle 2xx, square 429, diamond 4xx and 5xx, ring for no answer. */
export function StatusMark({ status }: { status: number | null }) {
  return (
    <span className="status-code">
      <span className={`dotmark ${marks[toneOfStatus(status)]}`} />
      {status === null ? <span className="soft">no answer</span> : status}
    </span>
  )
}
