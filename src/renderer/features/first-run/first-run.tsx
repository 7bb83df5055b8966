import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { dismiss, setPaletteOpen, showScreen, switchEnvironment } from '../../store/actions.ts'
import { useKeychainUsable, useStore } from '../../store/store.ts'
import { formatHost } from '../../ui/address.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { showToast } from '../../ui/toast.tsx'
import { AddKeyForm, DashboardLink } from '../keys/add-key-form.tsx'
import { firstRunName, isFirstRun } from './first-run-rule.ts'
import './first-run.css'

/** True while only the Sandbox has keys and the card was not closed: show `FirstRun` beside the list. */
export function useFirstRun(): boolean {
  return useStore(isFirstRun)
}

function Step({
  icon,
  title,
  detail,
  onChoose,
}: {
  icon: IconName
  title: string
  detail: string
  onChoose: () => void
}) {
  return (
    <button type="button" className="first-step" onClick={onChoose}>
      <Icon name={icon} className="faint" />
      <span className="strong">{title}</span>
      <span className="faint cut small">{detail}</span>
      <Icon name="next" size={14} className="faint" />
    </button>
  )
}

/** The card is gone once another environment has a key, so the outcome is told beside it. */
function tellAdded(key: KeySummary, environment: Environment): void {
  const outcome =
    key.state === 'active'
      ? 'is stored and alive'
      : key.state === 'rejected'
        ? 'is stored, but the server refuses it'
        : 'is stored; the server gave no clear answer'
  showToast({
    text: `${key.label} ${outcome}`,
    detail: `${key.mask} in ${environment.name}. The clipboard no longer holds it.`,
    tone: key.state === 'rejected' ? 'refused' : 'plain',
    action: { label: `Switch to ${environment.name}`, run: () => void switchEnvironment(environment.id) },
  })
}

/** What a newcomer reads first: where this mailbox comes from, and how to add a key of one's own. */
export function FirstRun() {
  const host = useStore((state) => formatHost(state.sandbox.baseUrl))
  const limit = useStore((state) => state.environments.find(({ kind }) => kind === 'sandbox')?.plan.perMinute ?? 100)
  const target = useStore((state) => state.environments.find(({ kind }) => kind === 'remote') ?? null)
  const memory = useStore((state) => state.keychain.status === 'memory')
  const usable = useKeychainUsable()
  if (!usable) {
    return (
      <section className="scroll first-run" aria-label="Welcome">
        <p className="subhead">Sandbox</p>
        <h1 className="headline">Nothing here leaves this machine.</h1>
        <p className="soft first-lead">
          A local Jasni on {host} serves a mailbox to try everything with. It shows as soon as the keychain answers,
          which is where its key lives.
        </p>
      </section>
    )
  }
  return (
    <section className="scroll first-run" aria-label="Welcome">
      <p className="subhead">Sandbox</p>
      <h1 className="headline">Everything here works, and nothing leaves this machine.</h1>
      <p className="soft first-lead">
        This mailbox is served by a local Jasni on {host}, with its own key in {memory ? 'memory' : 'your keychain'} and
        a limit of {limit} requests a minute. Try anything.
      </p>
      {target === null ? null : (
        <div className="first-card" data-env={markNames[target.mark]}>
          <div className="first-card-head">
            <EnvMark mark={target.mark} />
            <h2 className="strong grow">Add your {target.name} key</h2>
            <DashboardLink />
            <IconButton icon="x" size={14} label="Close this card" onClick={() => void dismiss(firstRunName)} />
          </div>
          <AddKeyForm environment={target} withLabel={false} onAdded={(key) => tellAdded(key, target)} />
        </div>
      )}
      <p className="subhead first-or">Or try it here first</p>
      <div className="first-steps">
        <Step
          icon="requests"
          title="See the calls behind this mailbox"
          detail="each with its status, time and headers"
          onChoose={() => showScreen('requests')}
        />
        <Step
          icon="gauge"
          title="Watch the headroom move"
          detail="what is left of the last 60 seconds"
          onChoose={() => showScreen('headroom')}
        />
        <Step
          icon="search"
          title="Find every action"
          detail="screens, environments and keys, by a few letters"
          onChoose={() => setPaletteOpen(true)}
        />
      </div>
      {target === null ? (
        <Button className="first-or" onClick={() => void dismiss(firstRunName)}>
          Close
        </Button>
      ) : null}
    </section>
  )
}
