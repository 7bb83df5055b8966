import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { WhatIf, WhatIfStretch } from '../../../shared/model/what-if.ts'
import { policyOrder, readLimit } from './what-if-text.ts'

/** State of the dialog. */
export interface WhatIfState {
  /** Null while the dialog is closed. */
  readonly stretch: WhatIfStretch | null
  /** As typed; empty for the limits that the environments have. */
  readonly perWindow: string
  readonly attemptsMax: number
  /** Share of the work that is done; null while nothing runs. */
  readonly progress: number | null
  readonly result: WhatIf | null
  readonly error: AppError | null
}

/** What the dialog needs from outside. */
export interface WhatIfPorts {
  readonly call: Bridge['call']
  /** Hears how far a run is until the answered function is called. */
  readonly onProgress: (listener: (share: number) => void) => () => void
}

const closed: WhatIfState = {
  stretch: null,
  perWindow: '',
  attemptsMax: defaultRatePolicy.attemptsMax,
  progress: null,
  result: null,
  error: null,
}

/** State and actions of the dialog. Only the last question counts. */
export function createWhatIf({ call, onProgress }: WhatIfPorts) {
  const store = createStore<WhatIfState>(() => closed)
  const get = store.getState
  const set = store.setState
  let turn = 0

  async function ask(stretch: WhatIfStretch, perWindow: number | null): Promise<void> {
    turn += 1
    const mine = turn
    set({ progress: 0, error: null })
    const stopHearing = onProgress((share) => {
      if (mine === turn && get().progress !== null) set({ progress: share })
    })
    const { attemptsMax } = get()
    const result = await call('whatIf.run', { stretch, perWindow, policies: [...policyOrder], attemptsMax })
    stopHearing()
    if (mine !== turn) return
    if (result.ok) set({ progress: null, result: result.value })
    else set({ progress: null, error: result.error })
  }

  /** Asks with what is chosen now; does nothing while the limit is none. */
  function run(): void {
    const { stretch, perWindow } = get()
    const limit = readLimit(perWindow, limits.planPerMinuteMax)
    if (stretch !== null && limit !== undefined) void ask(stretch, limit)
  }

  /** Ends what runs; an answer from before stays. */
  function stop(): void {
    turn += 1
    if (get().progress === null) return
    set({ progress: null })
    void call('whatIf.cancel', {})
  }

  return {
    store,
    run,
    open(stretch: WhatIfStretch): void {
      set({ ...closed, stretch })
      run()
    },
    stop,
    close(): void {
      stop()
      set(closed)
    },
    setPerWindow: (perWindow: string) => set({ perWindow }),
    setAttemptsMax(attemptsMax: number): void {
      set({ attemptsMax })
      run()
    },
  }
}
