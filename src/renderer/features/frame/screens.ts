import type { Screen } from '../../../shared/model/app.ts'
import type { IconName } from '../../ui/icon.tsx'

/** Name, icon and shortcut of each screen. */
export const screenEntries: {
  readonly [S in Screen]: { readonly name: string; readonly icon: IconName; readonly shortcut: string }
} = {
  inbox: { name: 'Inbox', icon: 'inbox', shortcut: 'G I' },
  console: { name: 'Console', icon: 'console', shortcut: 'G C' },
  requests: { name: 'Requests', icon: 'requests', shortcut: 'G R' },
  keys: { name: 'Keys', icon: 'keys', shortcut: 'G K' },
  webhooks: { name: 'Webhooks', icon: 'webhooks', shortcut: 'G W' },
  headroom: { name: 'Headroom', icon: 'gauge', shortcut: 'G H' },
  settings: { name: 'Settings', icon: 'settings', shortcut: 'G S' },
}
