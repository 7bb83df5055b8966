import { type ComponentType, lazy } from 'react'
import { whenInteractive } from '../../store/ready.ts'

/**
 * A component whose code is not part of the first script. It loads when it is first shown, or once the first screen can
 * be used, so that no later screen waits for it.
 */
function loadLate<Props>(load: () => Promise<ComponentType<Props>>) {
  let loading: Promise<{ default: ComponentType<Props> }> | null = null
  const loadOnce = () => {
    loading ??= load().then((component) => ({ default: component }))
    return loading
  }
  whenInteractive(() => void loadOnce())
  return lazy(loadOnce)
}

/** The dialog that takes a key. */
export const AddKeyDialog = loadLate(async () => (await import('../keys/add-key-dialog.tsx')).AddKeyDialog)

/** The export of calls to a file. */
export const ExportDialog = loadLate(async () => (await import('../export/export-dialog.tsx')).ExportDialog)

/** What the guard of a protected environment asks. */
export const GuardDialogs = loadLate(async () => (await import('../guard/guard-dialogs.tsx')).GuardDialogs)

/** The message that is written. */
export const ComposePanel = loadLate(async () => (await import('../compose/compose-panel.tsx')).ComposePanel)

/** Any operation of the API by hand. */
export const ConsoleScreen = loadLate(async () => (await import('../console/console-screen.tsx')).ConsoleScreen)

/** Headroom of the current environment. */
export const HeadroomScreen = loadLate(async () => (await import('../headroom/headroom-screen.tsx')).HeadroomScreen)

/** Keys and passports. */
export const KeysScreen = loadLate(async () => (await import('../keys/keys-screen.tsx')).KeysScreen)

/** Labels for messages. */
export const LabelPicker = loadLate(async () => (await import('../inbox/label-picker.tsx')).LabelPicker)

/** Questions about accounts and labels. */
export const MailDialog = loadLate(async () => (await import('../inbox/mail-dialog.tsx')).MailDialog)

/** Mail on its way and mail that was not sent. */
export const OutboxNotes = loadLate(async () => (await import('../compose/outbox-notes.tsx')).OutboxNotes)

/** The question before all keys of an environment are revoked. */
export const PanicDialog = loadLate(async () => (await import('../rotation/panic-dialog.tsx')).PanicDialog)

/** Calls that the server told to wait for long. */
export const ParkedNotes = loadLate(async () => (await import('./parked-notes.tsx')).ParkedNotes)

/** Every action by a few letters. */
export const Palette = loadLate(async () => (await import('../palette/palette.tsx')).Palette)

/** The question before a call is sent again. */
export const ReplayDialog = loadLate(async () => (await import('../export/replay-dialog.tsx')).ReplayDialog)

/** The request log. */
export const RequestsScreen = loadLate(async () => (await import('../requests/requests-screen.tsx')).RequestsScreen)

/** The question before a key is revoked without a successor. */
export const RevokeDialog = loadLate(async () => (await import('../rotation/revoke-dialog.tsx')).RevokeDialog)

/** Settings. */
export const SettingsScreen = loadLate(async () => (await import('../settings/settings-screen.tsx')).SettingsScreen)

/** Drafts and unsent mail, as rows beside the folders. */
export const UnsentRows = loadLate(async () => (await import('../compose/unsent-rows.tsx')).UnsentRows)

/** Webhooks and the receiver of this machine. */
export const WebhooksScreen = loadLate(async () => (await import('../webhooks/webhooks-screen.tsx')).WebhooksScreen)

/** What is out of the ordinary: alarms, and windows that run low. */
export const WarningNotes = loadLate(async () => (await import('../headroom/warning-notes.tsx')).WarningNotes)

/** Recorded calls against other policies. */
export const WhatIfDialog = loadLate(async () => (await import('../what-if/what-if-dialog.tsx')).WhatIfDialog)
