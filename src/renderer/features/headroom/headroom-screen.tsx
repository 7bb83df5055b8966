import { useMemo, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { HistorySpan } from '../../../shared/model/history.ts'
import { holdTraffic, setRatePolicy } from '../../store/actions.ts'
import { perMinuteOf, slideHeadroom } from '../../store/headroom.ts'
import { useCurrentEnvironment, useHeadroom, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { planNames } from '../../ui/plan-names.ts'
import { type Option, Segments } from '../../ui/segments.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { Failure } from '../inbox/failure.tsx'
import { NoKey } from '../keys/no-key.tsx'
import { EveryEnvironment } from './every-environment.tsx'
import { Figures } from './figures.tsx'
import { HistoryChart } from './history-chart.tsx'
import { joinBands, nameUnit } from './history-view.ts'
import { ToldHeaders } from './told-headers.tsx'
import { useHistory } from './use-history.ts'
import { UseTable } from './use-tables.tsx'
import { WaitingPanel } from './waiting-panel.tsx'
import { WindowChart } from './window-chart.tsx'
import './headroom.css'

const spans: readonly Option<HistorySpan>[] = [
  { value: 'minute', label: 'Last minute' },
  { value: 'hour', label: 'Last hour' },
  { value: 'days', label: 'Last 30 days' },
]
const spanNames: Readonly<Record<HistorySpan, string>> = {
  minute: 'in the last minute',
  hour: 'in the last hour',
  days: 'in the last 30 days',
}

/** Names of the keys of the calls, by id; calls with no key of ours share one. */
function useKeyNames(): { nameOf: (keyId: string | null) => string; noteOf: (name: string) => string } {
  const keys = useStore((state) => state.keys)
  return useMemo(() => {
    const names = new Map(keys.map(({ id, mask, label }) => [id, `…${mask.slice(-4)} ${label}`]))
    const states = new Map(keys.map(({ mask, label, state }) => [`…${mask.slice(-4)} ${label}`, state as string]))
    return {
      nameOf: (keyId) => (keyId === null ? 'no key of yours' : (names.get(keyId) ?? 'deleted keys')),
      noteOf: (name) => states.get(name) ?? '',
    }
  }, [keys])
}

function Use({ environment, headroom, now }: { environment: Environment; headroom: Headroom; now: number }) {
  const [span, setSpan] = useState<HistorySpan>('hour')
  const { history, error, retry } = useHistory(environment.id, span)
  const { nameOf, noteOf } = useKeyNames()
  const bySource = useMemo(() => (history === null ? [] : joinBands(history, ({ source }) => source)), [history])
  const byKey = useMemo(
    () => (history === null ? [] : joinBands(history, ({ keyId }) => nameOf(keyId))),
    [history, nameOf],
  )
  return (
    <>
      <div className="headroom-pair">
        <section aria-label="Use">
          <div className="panel-title">
            <h2>Use</h2>
            <span className="faint small">{nameUnit(span)}; marks below are refused calls</span>
            <span className="grow" />
            <Segments label="Span" value={span} options={spans} onValueChange={setSpan} />
          </div>
          {error !== null ? (
            <Failure error={error} environmentId={environment.id} look="empty" onRetry={retry} />
          ) : history === null ? (
            <div className="history-plot">
              <Waiting what="Counting the calls" rows={[[200], [140]]} />
            </div>
          ) : (
            <HistoryChart history={history} bands={bySource} perMinute={perMinuteOf(headroom)} />
          )}
        </section>
        <section aria-label="The window now">
          <div className="panel-title">
            <h2>The window now</h2>
            <span className="faint small">{headroom.windowMs / 1000} s; the oldest slot frees first</span>
          </div>
          <WindowChart headroom={headroom} />
        </section>
      </div>
      <div className="headroom-triple">
        <UseTable title="By source" span={spanNames[span]} bands={bySource} toned />
        <UseTable title="By key" span={spanNames[span]} bands={byKey} noteOf={noteOf} />
        <WaitingPanel now={now} />
      </div>
    </>
  )
}

function Body({ environment, headroom, now }: { environment: Environment; headroom: Headroom; now: number }) {
  const { history } = useHistory(environment.id, 'hour')
  const refused = history === null ? null : history.refused.reduce((sum, count) => sum + count, 0)
  return (
    <>
      <Figures headroom={headroom} refused={refused} />
      <ToldHeaders headroom={headroom} />
      <Use environment={environment} headroom={headroom} now={now} />
    </>
  )
}

function PaceSwitch() {
  const policy = useStore((state) => state.settings.rate)
  return (
    <Switch
      checked={policy.pacing}
      onCheckedChange={(pacing) =>
        void setRatePolicy({ ...policy, pacing }, pacing ? 'Calls are paced' : 'Calls are not paced')
      }
    >
      Pace calls
    </Switch>
  )
}

function HoldButton() {
  const held = useStore((state) => state.waiting.heldAll)
  return (
    <Button icon={held ? 'play' : 'pause'} onClick={() => void holdTraffic(!held)}>
      {held ? 'Let traffic go on' : 'Pause all traffic'}
    </Button>
  )
}

/** What is left of the current environment's window, how it is known, and what it was used for. */
export function HeadroomScreen() {
  const environment = useCurrentEnvironment()
  const environments = useStore((state) => state.environments)
  const told = useHeadroom(environment?.id ?? '')
  const now = useNow(250)
  if (environment === null) return null
  const headroom = told === null ? null : slideHeadroom(told, Math.max(now, told.atMs))
  const limit = headroom === null || headroom.limit === 0 ? environment.plan.perMinute : perMinuteOf(headroom)
  const others = environments.filter(
    ({ id, rateGroup }) => id !== environment.id && rateGroup !== null && rateGroup === environment.rateGroup,
  )
  return (
    <div className="screen s-headroom">
      <section className="pane" aria-label="Headroom">
        <div className="head">
          <h1 className="title">Headroom</h1>
          <span className="soft cut">
            {environment.name}, {planNames[environment.plan.kind]}: {formatCount(limit)} requests a minute
            {others.length === 0 ? '' : `, shared with ${others.map(({ name }) => name).join(', ')}`}
          </span>
          <span className="grow" />
          <PaceSwitch />
          <span className="head-sep" />
          <HoldButton />
        </div>
        <div className="scroll">
          {headroom === null || environment.activeKeyId === null ? (
            <NoKey environment={environment} />
          ) : (
            <Body key={environment.id} environment={environment} headroom={headroom} now={now} />
          )}
          <div className="headroom-part">
            <div className="panel-title panel-title-tight">
              <h2>Every environment</h2>
              <span className="faint small">in the window of each, 60 s unless the server told another</span>
            </div>
            <EveryEnvironment now={now} />
          </div>
          <p className="small faint headroom-foot">
            A dashed number is our own count or a forecast: calls made with the same key elsewhere are not in it. A
            solid one was told by the server.
          </p>
        </div>
      </section>
    </div>
  )
}
