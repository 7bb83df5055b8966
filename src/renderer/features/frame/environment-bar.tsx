import type { Environment } from '../../../shared/model/environment.ts'
import {
  selectAccount,
  setPaletteOpen,
  showEnvironmentSettings,
  showScreen,
  startAddingKey,
  switchEnvironment,
} from '../../store/actions.ts'
import { lockVault } from '../../store/guard.ts'
import { leftOf, slideHeadroom } from '../../store/headroom.ts'
import { useAccounts, useCurrentAccount, useKeychainUsable, useStore } from '../../store/store.ts'
import { IconButton } from '../../ui/button.tsx'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useNow } from '../../ui/now.ts'
import { GuardBadge } from '../guard/guard-state.tsx'
import { Gauge } from './gauge.tsx'

function EnvironmentItem({ environment, index }: { environment: Environment; index: number }) {
  const current = useStore((state) => state.currentEnvironmentId === environment.id)
  const told = useStore((state) => state.headroom[environment.id])
  const now = useNow(1000)
  const detail =
    environment.activeKeyId === null
      ? 'no key'
      : told === undefined
        ? ''
        : `${formatCount(leftOf(slideHeadroom(told, Math.max(now, told.atMs))))} left`
  return (
    <MenuItem
      leading={<EnvMark mark={environment.mark} />}
      detail={detail}
      name={environment.name}
      {...(index < 9 ? { shortcut: `Mod+${index + 1}` } : {})}
      onSelect={() => void switchEnvironment(environment.id)}
    >
      <span className={current ? 'strong' : ''}>{environment.name}</span>
      {environment.protected ? <span className="faint small"> protected</span> : null}
      {current ? <span className="unseen"> current</span> : null}
    </MenuItem>
  )
}

function EnvironmentSwitch({ environment }: { environment: Environment }) {
  const environments = useStore((state) => state.environments)
  return (
    <Menu
      className="env-menu"
      trigger={
        <button type="button" className="env-switch" aria-label={`Environment: ${environment.name}`}>
          <EnvMark mark={environment.mark} />
          <span className="cut">{environment.name}</span>
          <Icon name="down" />
        </button>
      }
    >
      {environments.map((each, index) => (
        <EnvironmentItem key={each.id} environment={each} index={index} />
      ))}
      <MenuSeparator />
      <MenuItem icon="plus" onSelect={() => showEnvironmentSettings('new')}>
        <span className="soft">Add environment</span>
      </MenuItem>
    </Menu>
  )
}

function AccountSwitch({ environment }: { environment: Environment }) {
  const state = useAccounts(environment.id)
  const current = useCurrentAccount(environment.id)
  const remembered = useStore((store) => store.settings.accounts[environment.id])
  const usable = useKeychainUsable()
  if (environment.activeKeyId === null) {
    // The Sandbox gets its key by itself, and without a keychain nobody gets one.
    if (!usable || environment.kind === 'sandbox') return null
    return (
      <button type="button" className="bar-item" onClick={() => startAddingKey(environment.id)}>
        <Icon name="plus" size={14} />
        Add a key
      </button>
    )
  }
  if (state?.status !== 'loaded' || current === null) {
    // Known from the last time, until the inbox has asked again.
    if (remembered === undefined) return null
    return (
      <button type="button" className="bar-item" title="Open the inbox" onClick={() => showScreen('inbox')}>
        <span className="cut account-name">{remembered}</span>
      </button>
    )
  }
  return (
    <Menu
      trigger={
        <button type="button" className="bar-item" aria-label={`Account: ${current}`}>
          <span className="cut account-name">{current}</span>
          <Icon name="updown" size={14} />
        </button>
      }
    >
      {state.accounts.map((account) => (
        <MenuItem
          key={account.email}
          name={account.email}
          leading={account.email === current ? <Icon name="check" size={14} /> : null}
          detail={account.name}
          onSelect={() => void selectAccount(environment.id, account.email)}
        >
          {account.email}
        </MenuItem>
      ))}
    </Menu>
  )
}

function Guard({ environment }: { environment: Environment }) {
  if (environment.kind === 'sandbox') {
    return (
      <span className="guarded local">
        <Icon name="box" size={14} />
        Local only
      </span>
    )
  }
  return <GuardBadge environment={environment} />
}

/** The bar that says where calls go: tinted, with a line of the environment's own. */
export function EnvironmentBar({ environment }: { environment: Environment }) {
  return (
    <header className="bar">
      <EnvironmentSwitch environment={environment} />
      <AccountSwitch environment={environment} />
      <Guard environment={environment} />
      <span className="grow" />
      <Gauge environmentId={environment.id} />
      <span className="bar-sep" />
      <button
        type="button"
        className="bar-search"
        aria-keyshortcuts="Meta+K Control+K"
        onClick={() => setPaletteOpen(true)}
      >
        <Icon name="search" size={14} />
        Search or run
        <Kbd shortcut="Mod+K" />
      </button>
      <IconButton icon="lock" label="Lock" shortcut="Mod+Shift+L" onClick={() => void lockVault()} />
    </header>
  )
}
