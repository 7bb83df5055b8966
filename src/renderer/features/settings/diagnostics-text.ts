import type { SandboxState, Versions } from '../../../shared/model/app.ts'
import type { KeychainState } from '../../../shared/model/key.ts'

/** Facts that help to find a fault: name and value, in the order in which they are shown. */
export function listDiagnostics(
  versions: Versions,
  keychain: KeychainState,
  sandbox: SandboxState,
): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: 'Jasni Vault', value: versions.app },
    { name: 'Electron', value: versions.electron },
    { name: 'Chromium', value: versions.chrome },
    { name: 'Node', value: versions.node },
    { name: 'Platform', value: versions.platform },
    { name: 'Chromium sandbox', value: versions.sandboxed ? 'on' : 'off, because this runs as root' },
    { name: 'Keychain', value: keychain.backend === '' ? 'none' : keychain.backend },
    { name: 'Keychain state', value: keychain.status },
    { name: 'Sandbox server', value: sandbox.running ? sandbox.baseUrl : 'not running' },
  ]
}

/** The same facts as text for a report. Holds no secret: none of them is one. */
export function formatDiagnostics(facts: readonly { readonly name: string; readonly value: string }[]): string {
  return facts.map(({ name, value }) => `${name}: ${value}`).join('\n')
}
