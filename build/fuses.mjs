// Switches inside Electron's executable that packaging sets for good. What each one means:
// Electron's documentation, "Electron Fuses".

/** Major version of Electron that brought the last fuse here. */
const fileFuseSince = 29

/**
 * What each fuse must be in a package, by the names of electron-builder. Left out is what this version of
 * Electron does not have.
 */
export function wantedFuses({ electronMajor, platform }) {
  return {
    // The executable must not serve as a Node that runs a stranger's script under our name and signature.
    runAsNode: false,
    // Cookies live in memory only, so there is nothing to encrypt; on, it would put a key of Chromium's own into the keychain.
    enableCookieEncryption: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    // Where the system's own signature covers the digest that is compared.
    enableEmbeddedAsarIntegrityValidation: platform !== 'linux',
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    ...(electronMajor >= fileFuseSince ? { grantFileProtocolExtraPrivileges: false } : {}),
  }
}
