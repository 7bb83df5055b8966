// Packages for Linux from the unpacked app, with the system's own tools: dpkg-deb and tar.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, root, runKept, withFolder } from './command.mjs'
import { iconSizes, writeIcons } from './icons.mjs'

const parts = join(root, 'build/linux')
const appFolder = 'usr/lib/jasni-vault'

/** What the app loads, newer names first: libraries renamed for a 64-bit time_t. */
export const dependencies = [
  'libasound2t64 | libasound2',
  'libatk-bridge2.0-0t64 | libatk-bridge2.0-0',
  'libatk1.0-0t64 | libatk1.0-0',
  'libatspi2.0-0t64 | libatspi2.0-0',
  'libc6',
  'libcairo2',
  'libcups2t64 | libcups2',
  'libdbus-1-3',
  'libdrm2',
  'libexpat1',
  'libgbm1',
  'libgcc-s1',
  'libglib2.0-0t64 | libglib2.0-0',
  'libgtk-3-0t64 | libgtk-3-0',
  'libnspr4',
  'libnss3',
  'libpango-1.0-0',
  'libsecret-1-0',
  'libstdc++6',
  'libx11-6',
  'libxcb1',
  'libxcomposite1',
  'libxdamage1',
  'libxext6',
  'libxfixes3',
  'libxkbcommon0',
  'libxrandr2',
  'xdg-utils',
]
/** What makes it useful on a desktop that does not have it: a keychain, and notices. */
const recommendations = ['gnome-keyring | keepassxc | kwalletmanager', 'libnotify4']

const architectures = { x64: 'amd64', arm64: 'arm64', arm: 'armhf' }

/** Debian's name of this machine's architecture. */
export function debArchitecture() {
  return architectures[process.arch] ?? process.arch
}

/** A version of ours in Debian's order, where what comes before a release is marked by a tilde. */
export function debVersion(version) {
  return version.replace('-', '~')
}

function controlText({ version, installedKb }) {
  return `Package: jasni-vault
Version: ${debVersion(version)}
Architecture: ${debArchitecture()}
Maintainer: Jasni <support@jasni.ai>
Installed-Size: ${installedKb}
Depends: ${dependencies.join(', ')}
Recommends: ${recommendations.join(', ')}
Section: devel
Priority: optional
Homepage: https://jasni.ai
Description: Key vault and API console for the Jasni email API
 For developers whose agents send and receive email through the Jasni API.
 Keys stay in the system's keychain and never reach the window; they are
 rotated under full traffic. Every call is in a log, and no call runs into
 the rate limit.
`
}

async function runOrFail(command, args, options) {
  const { code, output } = await runKept(command, args, options)
  if (code !== 0) throw new Failure(`${command} failed.\n${output.trim()}`)
  return output
}

function placeFile(stage, from, to, mode = 0o644) {
  const target = join(stage, to)
  mkdirSync(join(target, '..'), { recursive: true, mode: 0o755 })
  copyFileSync(join(parts, from), target)
  chmodSync(target, mode)
}

async function placeApp(stage, app) {
  const target = join(stage, appFolder)
  mkdirSync(join(target, '..'), { recursive: true })
  // Hard links where they can be: nothing is written to these files, and most of them are large.
  const linked = await runKept('cp', ['-al', app, target])
  if (linked.code !== 0) {
    rmSync(target, { recursive: true, force: true })
    cpSync(app, target, { recursive: true })
  }
  const helper = join(target, 'chrome-sandbox')
  rmSync(helper)
  copyFileSync(join(app, 'chrome-sandbox'), helper)
  // Chromium's way into its sandbox on systems without user namespaces for everybody.
  chmodSync(helper, 0o4755)
}

async function placeDesktopParts(stage, { version, date }) {
  placeFile(stage, 'launcher.sh', 'usr/bin/jasni-vault', 0o755)
  placeFile(stage, 'jasni-vault.desktop', 'usr/share/applications/jasni-vault.desktop')
  placeFile(stage, 'copyright', 'usr/share/doc/jasni-vault/copyright')
  const metadata = readFileSync(join(parts, 'ai.jasni.vault.metainfo.xml'), 'utf8')
  mkdirSync(join(stage, 'usr/share/metainfo'), { recursive: true })
  writeFileSync(
    join(stage, 'usr/share/metainfo/ai.jasni.vault.metainfo.xml'),
    metadata.replace('@version@', version).replace('@date@', date.toISOString().slice(0, 10)),
  )
  await withFolder(join(tmpdir(), 'jasni-vault-icons-'), async (icons) => {
    await writeIcons(icons)
    for (const size of iconSizes) {
      const folder = join(stage, `usr/share/icons/hicolor/${size}x${size}/apps`)
      mkdirSync(folder, { recursive: true })
      copyFileSync(join(icons, `${size}x${size}.png`), join(folder, 'jasni-vault.png'))
    }
  })
  const scalable = join(stage, 'usr/share/icons/hicolor/scalable/apps')
  mkdirSync(scalable, { recursive: true })
  copyFileSync(join(root, 'build/icon.svg'), join(scalable, 'jasni-vault.svg'))
}

/**
 * Makes a Debian package of the unpacked `app`. `compression`: dpkg-deb's name, `none` for a package that is
 * installed at once. `date` goes into its files, so that the same tree gives the same package.
 */
export async function makeDeb({ app, file, version, date, compression = 'xz' }) {
  await withFolder(join(file, '../.deb-'), async (stage) => {
    await placeApp(stage, app)
    await placeDesktopParts(stage, { version, date })
    await runOrFail('chmod', ['-R', 'u+rwX,go+rX,go-w', stage])
    const installedKb = (await runOrFail('du', ['-sk', '--apparent-size', stage])).split('\t')[0]
    mkdirSync(join(stage, 'DEBIAN'), { mode: 0o755 })
    writeFileSync(join(stage, 'DEBIAN/control'), controlText({ version, installedKb }))
    placeFile(stage, 'postrm.sh', 'DEBIAN/postrm', 0o755)
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(Math.floor(date.getTime() / 1000)) }
    await runOrFail('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', stage, file], { env })
  })
  return statSync(file).size
}

/** Makes an archive for systems without dpkg. Its sandbox needs user namespaces, since nothing in it is root's. */
export async function makeTarball({ app, file, version, date }) {
  const name = `jasni-vault-${version}`
  await runOrFail('tar', [
    '--create',
    '--gzip',
    `--file=${file}`,
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${Math.floor(date.getTime() / 1000)}`,
    `--transform=s,^\\.,${name},`,
    `--directory=${app}`,
    '.',
  ])
  return statSync(file).size
}
