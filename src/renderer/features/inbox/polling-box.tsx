import { describeError } from '../../../shared/error-text.ts'
import type { MailChoices } from '../../../shared/model/app.ts'
import { errorContext } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { formatCount } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { Switch } from '../../ui/switch.tsx'
import { changeMailChoices } from './mail-choices.ts'
import { countKept, nameCost, nameInterval, type PollState, pollIntervalsMs } from './polling.ts'

const usualMs = 30_000

interface PollingBoxProps {
  readonly environmentId: string
  readonly choices: MailChoices
  readonly state: PollState
}

function describeState({ environmentId, choices: { pollMs }, state }: PollingBoxProps, limit: number | null): string {
  const cost = nameCost(pollMs ?? usualMs)
  if (pollMs === null) return `Off. Every ${nameInterval(usualMs)} costs ${cost}.`
  const kept = limit === null ? 'a fifth of the plan is' : `${formatCount(countKept(limit))} are`
  if (state.name === 'resting') return `Resting: only ${kept} left. It goes on by itself.`
  if (state.name === 'on') return `Costs ${cost}. Rests when ${kept} left.`
  const { title } = describeError(state.error, errorContext(environmentId))
  return state.name === 'failed' ? `${title}. It is tried again.` : `Stopped: ${title}.`
}

/** Whether and how often new mail is looked for, what that costs, and where it stands. */
export function PollingBox(props: PollingBoxProps) {
  const { environmentId, choices, state } = props
  const limit = useStore(({ headroom }) => headroom[environmentId]?.limit ?? null)
  const { pollMs } = choices
  const known = pollIntervalsMs.some((ms) => ms === pollMs)
  const intervals = [...pollIntervalsMs, ...(pollMs === null || known ? [] : [pollMs])]
  const warned = pollMs !== null && state.name !== 'on'
  return (
    <section className="poll-box" aria-label="New mail">
      <Switch
        checked={pollMs !== null}
        onCheckedChange={(isOn) => void changeMailChoices(environmentId, { pollMs: isOn ? usualMs : null })}
      >
        Look for new mail
      </Switch>
      {pollMs === null ? null : (
        <Select
          label="How often"
          value={String(pollMs)}
          options={intervals.map((ms) => ({ value: String(ms), label: `Every ${nameInterval(ms)}` }))}
          onValueChange={(ms) => void changeMailChoices(environmentId, { pollMs: Number(ms) })}
        />
      )}
      <p className={`small ${warned ? 'warn' : 'faint'}`} role="status">
        {describeState(props, limit)}
      </p>
    </section>
  )
}
