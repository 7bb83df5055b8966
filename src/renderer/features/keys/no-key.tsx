import type { Environment } from '../../../shared/model/environment.ts'
import { checkKeychain, startAddingKey } from '../../store/actions.ts'
import { useKeychainUsable } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

/** Stands where an environment without a key has nothing to show: why, and what to do. */
export function NoKey({ environment }: { environment: Environment }) {
  const usable = useKeychainUsable()
  const local = environment.kind === 'sandbox'
  if (!usable) {
    return (
      <EmptyState
        title="Keys wait for the keychain"
        detail={
          local
            ? `${environment.name} gets its own key as soon as the keychain answers.`
            : `${environment.name} has no key here, and can get one as soon as the keychain answers.`
        }
        action={<Button onClick={() => void checkKeychain()}>Check again</Button>}
      />
    )
  }
  if (local) {
    return (
      <EmptyState
        title={`${environment.name} has no key`}
        detail="Its local server gives it one at the next start of Jasni Vault."
      />
    )
  }
  return (
    <EmptyState
      title={`${environment.name} has no key yet`}
      detail="Copy one from the API Keys page, then add it here."
      action={
        <Button variant="act" icon="plus" onClick={() => startAddingKey(environment.id)}>
          Add key
        </Button>
      }
    />
  )
}
