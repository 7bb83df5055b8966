import { useEffect, useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import type { HeadroomHistory, HistorySpan } from '../../../shared/model/history.ts'
import { call } from '../../api/client.ts'

/** What is known of a span: nothing yet, the history, or why there is none. */
export interface HistoryState {
  readonly history: HeadroomHistory | null
  readonly error: AppError | null
}

const everyMs: Readonly<Record<HistorySpan, number>> = { minute: 2000, hour: 2000, days: 10_000 }
const nothing: HistoryState = { history: null, error: null }

/** The use of an environment's window over a span, asked for again and again while the window is visible. */
export function useHistory(environmentId: string, span: HistorySpan): HistoryState & { readonly retry: () => void } {
  const [state, setState] = useState<HistoryState>(nothing)
  const again = useRef<() => void>(() => undefined)
  useEffect(() => {
    let ended = false
    let asking = false
    const ask = async (): Promise<void> => {
      // A slow log is not asked twice at once, and an older answer never comes after a newer one.
      if (asking) return
      asking = true
      const result = await call('headroom.history', { environmentId, span })
      asking = false
      if (ended) return
      // What was known stays on screen: it is only older.
      setState(({ history }) =>
        result.ok ? { history: result.value, error: null } : { history, error: history === null ? result.error : null },
      )
    }
    again.current = () => void ask()
    setState(nothing)
    void ask()
    const timer = setInterval(() => {
      if (!document.hidden) void ask()
    }, everyMs[span])
    return () => {
      ended = true
      clearInterval(timer)
    }
  }, [environmentId, span])
  return { ...state, retry: () => again.current() }
}
