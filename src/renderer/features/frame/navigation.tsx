import type { Screen } from '../../../shared/model/app.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { showScreen, switchEnvironment } from '../../store/actions.ts'
import { slideHeadroom } from '../../store/headroom.ts'
import { useStore } from '../../store/store.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { screenEntries } from './screens.ts'

function NavigationItem({ screen, label }: { screen: Screen & keyof typeof screenEntries; label: string }) {
  const current = useStore((state) => state.screen === screen)
  const unread = useStore((state) => state.mail.unreadByEnvironment[state.currentEnvironmentId] ?? 0)
  const broken = useStore(
    (state) => state.keys.filter((key) => key.state === 'rejected' || key.state === 'missing').length,
  )
  const count = screen === 'inbox' ? unread : screen === 'keys' ? broken : 0
  const meaning = screen === 'inbox' ? 'unread' : 'need attention'
  return (
    <button
      type="button"
      className={`nav-item ${current ? 'on' : ''}`}
      aria-current={current ? 'page' : undefined}
      onClick={() => showScreen(screen)}
    >
      <Icon name={screenEntries[screen].icon} />
      {label}
      {count === 0 ? null : (
        <span className={`count ${screen === 'keys' ? 'warn' : ''}`}>
          {formatCount(count)}
          <span className="unseen"> {meaning}</span>
        </span>
      )}
    </button>
  )
}

function EnvironmentUse({ environment }: { environment: Environment }) {
  const current = useStore((state) => state.currentEnvironmentId === environment.id)
  const told = useStore((state) => state.headroom[environment.id])
  const now = useNow(1000)
  const headroom = told === undefined ? null : slideHeadroom(told, Math.max(now, told.atMs))
  const share = headroom === null ? 0 : Math.min(1, headroom.used / headroom.limit)
  return (
    <button
      type="button"
      className={`nav-env ${current ? 'on' : ''}`}
      aria-current={current ? 'true' : undefined}
      onClick={() => void switchEnvironment(environment.id)}
    >
      <EnvMark mark={environment.mark} />
      <span className="cut">{environment.name}</span>
      <span className="used">
        {environment.activeKeyId === null ? 'no key' : formatCount(headroom?.used ?? 0)}
        {environment.activeKeyId === null || headroom === null ? null : (
          <span className="unseen"> of {formatCount(headroom.limit)} used</span>
        )}
      </span>
      <span className="track">
        <i style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </span>
    </button>
  )
}

/** Screens, and every environment with its use. */
export function Navigation() {
  const environments = useStore((state) => state.environments)
  return (
    <nav className="nav" aria-label="Screens and environments">
      <NavigationItem screen="inbox" label="Inbox" />
      <NavigationItem screen="console" label="Console" />
      <NavigationItem screen="requests" label="Requests" />
      <NavigationItem screen="keys" label="Keys" />
      <NavigationItem screen="webhooks" label="Webhooks" />
      <NavigationItem screen="settings" label="Settings" />
      <span className="grow" />
      <section className="nav-envs" aria-label="Use of every environment">
        {environments.map((environment) => (
          <EnvironmentUse key={environment.id} environment={environment} />
        ))}
      </section>
    </nav>
  )
}
