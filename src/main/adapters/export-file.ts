import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ExportFault } from '../../shared/model/export.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import type { ExportFile } from '../core/ports.ts'

const faultByCode: Readonly<Record<string, ExportFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EISDIR: 'denied',
  ENOENT: 'gone',
  ENOTDIR: 'gone',
}

function classify(error: unknown): ExportFault {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return (typeof code === 'string' ? faultByCode[code] : undefined) ?? 'failed'
}

async function attempt(work: () => Promise<unknown>): Promise<Result<null, ExportFault>> {
  try {
    await work()
    return succeed(null)
  } catch (error) {
    return fail(classify(error))
  }
}

// Says whose it is, so that no file of another program is ever taken for a left one.
const partEnd = '.jasni.part'

/**
 * Removes from the folder of a place what exports left there that were killed: regular files under the hidden names
 * of exports, last written before this epoch ms. What cannot be removed stays.
 */
export async function removeStaleParts(path: string, beforeMs: number): Promise<void> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((each) => each.startsWith('.') && each.endsWith(partEnd))) {
    const part = join(folder, name)
    const found = await lstat(part).catch(() => null)
    if (found?.isFile() && found.mtimeMs < beforeMs) await rm(part, { force: true }).catch(() => undefined)
  }
}

/**
 * Begins a file beside its place, under a hidden name of its own, readable by its owner alone. Only
 * `commit` gives it its name, so that nobody meets half of it.
 */
export async function createExportFile(path: string, id: string): Promise<Result<ExportFile, ExportFault>> {
  const name = basename(path)
  // Without the name, which may be as long as a name can be.
  const part = join(dirname(path), `.${id}${partEnd}`)
  let handle: FileHandle
  try {
    handle = await open(part, 'wx', 0o600)
  } catch (error) {
    return fail(classify(error))
  }
  const close = () => handle.close().catch(() => undefined)
  return succeed({
    name,
    write: (text) => attempt(() => handle.appendFile(text)),
    commit: () =>
      attempt(async () => {
        await handle.sync()
        await handle.close()
        await rename(part, path)
      }),
    async discard() {
      await close()
      await rm(part, { force: true }).catch(() => undefined)
    },
  })
}
