import type { Account } from '../../../shared/model/message.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { askAboutMail } from './mail-dialogs.ts'

/** What can be done to an account as a whole. */
export function AccountMenu({ account }: { account: Account }) {
  return (
    <Menu trigger={<IconButton icon="dots" size={14} label={`Account ${account.email}`} className="tree-act" />}>
      <MenuItem icon="draft" onSelect={() => askAboutMail({ kind: 'rename-account', account })}>
        Rename
      </MenuItem>
      <MenuItem icon="trash" danger onSelect={() => askAboutMail({ kind: 'delete-account', account })}>
        Delete
      </MenuItem>
    </Menu>
  )
}
