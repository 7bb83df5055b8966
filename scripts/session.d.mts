/** A display, a session bus and a Secret Service for commands. */
export interface Session {
  readonly env: Readonly<Record<string, string>>
  /** Flags that Electron should get in this session. */
  readonly flags: readonly string[]
  /** Ends everything of the session; resolves when it is gone. */
  close(): Promise<void>
  /** Opens the private keyring again after it was locked. */
  unlock(): Promise<void>
}

export function openSession(wanted: {
  display: 'desktop' | 'private'
  keyring: 'desktop' | 'private'
}): Promise<Session>
export function hasDisplay(): boolean
export function hasKeychain(): boolean
