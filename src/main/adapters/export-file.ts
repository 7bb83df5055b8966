import { type FileHandle, open, rename, rm } from 'node:fs/promises'
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

/**
 * Begins a file beside its place, under a hidden name of its own, readable by its owner alone. Only
 * `commit` gives it its name, so that nobody meets half of it.
 */
export async function createExportFile(path: string, id: string): Promise<Result<ExportFile, ExportFault>> {
  const name = basename(path)
  const part = join(dirname(path), `.${name.slice(0, 100)}.${id}.part`)
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
