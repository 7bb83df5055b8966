import type { MailChoices } from '../../../shared/model/app.ts'
import { IconButton } from '../../ui/button.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Menu, MenuCheck } from '../../ui/menu.tsx'
import { useMailbox } from './inbox.ts'
import { changeMailChoices } from './mail-choices.ts'

/** How the list is shown, and what that costs. */
export function ListMenu({ environmentId, choices }: { environmentId: string; choices: MailChoices }) {
  const labels = useMailbox(environmentId)?.labels.value ?? []
  const inUse = labels.filter(({ count }) => count !== 0).length
  return (
    <Menu align="end" trigger={<IconButton icon="dots" label="How the list is shown" />}>
      <MenuCheck
        checked={choices.threads}
        onCheckedChange={(threads) => void changeMailChoices(environmentId, { threads })}
      >
        Group conversations
      </MenuCheck>
      <MenuCheck
        checked={choices.rowLabels}
        detail={inUse === 0 ? 'none in use' : `${formatPlural(inUse, 'request')} with new mail`}
        onCheckedChange={(rowLabels) => void changeMailChoices(environmentId, { rowLabels })}
      >
        Fetch labels
      </MenuCheck>
    </Menu>
  )
}
