import { create } from 'zustand'
import type { EnvironmentDraft } from './environment-draft.ts'

/** Key of the draft of an environment that does not exist yet. */
export const newId = 'new'

/** Unsaved changes by environment id. They survive a change of screen, not a restart. */
export const useDrafts = create<{ readonly byId: Readonly<Record<string, EnvironmentDraft>> }>(() => ({ byId: {} }))

/** Keeps a draft. */
export function keepDraft(id: string, draft: EnvironmentDraft): void {
  useDrafts.setState(({ byId }) => ({ byId: { ...byId, [id]: draft } }))
}

/** Forgets a draft, saved or not. */
export function dropDraft(id: string): void {
  useDrafts.setState(({ byId }) => {
    const { [id]: _dropped, ...rest } = byId
    return { byId: rest }
  })
}
