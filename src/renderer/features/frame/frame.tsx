import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { Suspense, useEffect, useLayoutEffect, useRef } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { Screen } from '../../../shared/model/app.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { assertNever } from '../../../shared/result.ts'
import { errorContext, loadApp } from '../../store/actions.ts'
import { markInteractive } from '../../store/ready.ts'
import { connectRotations } from '../../store/rotations.ts'
import { useCurrentEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { markNames } from '../../ui/env-mark.tsx'
import { Sprite } from '../../ui/sprite.tsx'
import { Toasts } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { GuardVoice, useGuardState } from '../guard/guard-state.tsx'
import { InboxScreen } from '../inbox/inbox-screen.tsx'
import { LinkDialog } from '../inbox/link-dialog.tsx'
import { KeychainNotes } from '../keychain/keychain-notes.tsx'
import { NoticeNotes } from '../keychain/notice-notes.tsx'
import { useKeyCommands } from '../keys/key-commands.ts'
import { useRotationCommands } from '../rotation/rotation-commands.ts'
import { EnvironmentBar } from './environment-bar.tsx'
import { useFrameCommands } from './frame-commands.ts'
import {
  AddKeyDialog,
  ConsoleScreen,
  ExportDialog,
  GuardDialogs,
  HeadroomScreen,
  KeysScreen,
  OutboxNotes,
  Palette,
  PanicDialog,
  ParkedNotes,
  ReplayDialog,
  RequestsScreen,
  RevokeDialog,
  SettingsScreen,
  WarningNotes,
  WebhooksScreen,
  WhatIfDialog,
} from './late-parts.ts'
import { Navigation } from './navigation.tsx'
import { useCommandShortcuts } from './shortcuts.ts'
import { StatusLine } from './status-line.tsx'
import './frame.css'

/** A slow first list must not keep tests, pictures and people waiting for the frame. */
const interactiveAtLatestMs = 3000

function showOf(screen: Screen) {
  switch (screen) {
    case 'inbox':
      return <InboxScreen />
    case 'console':
      return <ConsoleScreen />
    case 'requests':
      return <RequestsScreen />
    case 'keys':
      return <KeysScreen />
    case 'webhooks':
      return <WebhooksScreen />
    case 'headroom':
      return <HeadroomScreen />
    case 'settings':
      return <SettingsScreen />
    default:
      return assertNever(screen)
  }
}

function useInteractiveMark(): void {
  useEffect(() => {
    // The inbox has more to wait for and says so itself.
    if (useStore.getState().screen !== 'inbox') markInteractive()
    const timer = setTimeout(markInteractive, interactiveAtLatestMs)
    return () => clearTimeout(timer)
  }, [])
}

function LoadedFrame({ environment }: { environment: Environment }) {
  const screen = useStore((state) => state.screen)
  const stage = useRef<HTMLElement>(null)
  useFrameCommands()
  useKeyCommands()
  useRotationCommands()
  useGuardState()
  useEffect(connectRotations, [])
  useCommandShortcuts()
  useInteractiveMark()

  // Before paint, so that a switch of environment takes one frame.
  useLayoutEffect(() => {
    document.documentElement.dataset.env = markNames[environment.mark]
    document.title = `${environment.name} · Jasni Vault`
  }, [environment.mark, environment.name])

  return (
    <div className="app" data-screen={screen}>
      <button type="button" className="skip" onClick={() => stage.current?.focus()}>
        Skip to the screen
      </button>
      <EnvironmentBar environment={environment} />
      <Navigation />
      <main className="stage" ref={stage} tabIndex={-1}>
        <KeychainNotes />
        <NoticeNotes />
        <Suspense fallback={null}>
          <WarningNotes />
          <ParkedNotes />
        </Suspense>
        <Suspense fallback={null}>
          <OutboxNotes />
        </Suspense>
        <Suspense fallback={null}>{showOf(screen)}</Suspense>
      </main>
      <StatusLine />
      <Suspense fallback={null}>
        <Palette />
        <AddKeyDialog />
        <RevokeDialog />
        <PanicDialog />
        <WhatIfDialog />
        <ExportDialog />
        <ReplayDialog />
        <GuardDialogs />
      </Suspense>
      <LinkDialog />
      <GuardVoice />
    </div>
  )
}

function FirstWait() {
  const phase = useStore((state) => state.phase)
  if (phase.name === 'failed') {
    const { title, detail } = describeError(phase.error, errorContext())
    return (
      <main className="first-wait">
        <EmptyState
          title={title}
          detail={detail}
          action={
            <Button variant="primary" onClick={() => void loadApp()}>
              Load again
            </Button>
          }
        />
      </main>
    )
  }
  return (
    <main className="first-wait">
      <Waiting what="Opening the vault" rows={[[70, 40, 170]]} />
    </main>
  )
}

/** The window's content, from the first answer of main on. */
export function Frame() {
  const ready = useStore((state) => state.phase.name === 'ready')
  const environment = useCurrentEnvironment()
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500}>
        <Sprite />
        {ready && environment !== null ? <LoadedFrame environment={environment} /> : <FirstWait />}
        <Toasts />
      </Tooltip.Provider>
    </CSPProvider>
  )
}
