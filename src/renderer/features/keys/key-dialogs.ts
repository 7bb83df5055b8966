import { create } from 'zustand'
import { showKey } from '../../store/actions.ts'

interface KeyDialogs {
  readonly renamingId: string | null
  readonly deletingId: string | null
}

/** Which key is being renamed or asked about. */
export const useKeyDialogs = create<KeyDialogs>(() => ({ renamingId: null, deletingId: null }))

/** Opens a key with its label in a field. */
export function startRenamingKey(keyId: string): void {
  showKey(keyId)
  useKeyDialogs.setState({ renamingId: keyId })
}

/** Ends renaming, whatever came of it. */
export function stopRenamingKey(): void {
  useKeyDialogs.setState({ renamingId: null })
}

/** Asks whether a key is to be deleted. */
export function startDeletingKey(keyId: string): void {
  showKey(keyId)
  useKeyDialogs.setState({ deletingId: keyId })
}

/** Closes the question. */
export function stopDeletingKey(): void {
  useKeyDialogs.setState({ deletingId: null })
}
