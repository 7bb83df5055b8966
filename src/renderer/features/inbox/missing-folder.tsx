import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { inbox } from './inbox.ts'

interface MissingFolderProps {
  readonly environmentId: string
  readonly account: string
  readonly folder: string
  /** False where the server answered an empty list, which it also does for a name that it does not know. */
  readonly isSure: boolean
}

/** Stands in place of a folder that is not there, or may not be: the API has no list of folders to look at. */
export function MissingFolder({ environmentId, account, folder, isSure }: MissingFolderProps) {
  return (
    <EmptyState
      title={
        isSure ? (
          <>
            There is no folder <bdi>{folder}</bdi>
          </>
        ) : (
          <>
            Nothing in <bdi>{folder}</bdi>
          </>
        )
      }
      detail={`${isSure ? 'The server does not know it in this account.' : 'It is empty, or there is no folder of that name: the API does not tell which.'} Write the name as the server does, with its capitals.`}
      action={
        <Button onClick={() => inbox.closeFolder(environmentId, account, folder)}>Take it off and show Inbox</Button>
      }
    />
  )
}
