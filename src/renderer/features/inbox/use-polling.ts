import { useEffect, useState } from 'react'
import type { MailChoices } from '../../../shared/model/app.ts'
import { slideHeadroom } from '../../store/headroom.ts'
import { useStore } from '../../store/store.ts'
import { inbox, waitFor } from './inbox.ts'
import { isTooLow, keepLooking, type PollState } from './polling.ts'

const on: PollState = { name: 'on' }

/** True while one more request nobody asked for would eat into the room that is kept. */
export function isEnvironmentLow(environmentId: string): boolean {
  const headroom = useStore.getState().headroom[environmentId]
  const nowMs = Date.now()
  return headroom !== undefined && isTooLow(slideHeadroom(headroom, nowMs), nowMs)
}

/** Looks for new mail in the folder on screen, for as long as it is there and the environment's choices ask for it. */
export function usePolling(
  environmentId: string,
  account: string | null,
  folder: string,
  { pollMs }: MailChoices,
): PollState {
  const [state, setState] = useState<PollState>(on)
  useEffect(() => {
    setState(on)
    if (pollMs === null || account === null) return
    const stop = new AbortController()
    const look = () => inbox.poll({ environmentId, account, folder })
    const ports = { sleep: waitFor, look, isTooLow: () => isEnvironmentLow(environmentId) }
    void keepLooking(pollMs, ports, stop.signal, setState)
    return () => stop.abort()
  }, [environmentId, account, folder, pollMs])
  return state
}
