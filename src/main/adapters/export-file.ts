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

const bufferBytes = 1024 * 1024
/** Most bytes of a text's unit. */
const unitBytesMax = 3

/** Writes texts through one buffer. To join them, or to make bytes of each anew, takes several times as long. */
function createTextOutput(handle: FileHandle): (texts: readonly string[]) => Promise<void> {
  let buffer: Buffer | null = null

  async function writeBytes(bytes: Buffer, length: number): Promise<void> {
    for (let from = 0; from < length; ) from += (await handle.write(bytes, from, length - from)).bytesWritten
  }

  return async (texts) => {
    buffer ??= Buffer.allocUnsafeSlow(bufferBytes)
    let filled = 0
    for (const text of texts) {
      const bytesMax = text.length * unitBytesMax
      if (filled + bytesMax > buffer.length) {
        await writeBytes(buffer, filled)
        filled = 0
      }
      if (bytesMax > buffer.length) await handle.appendFile(text)
      else filled += buffer.write(text, filled)
    }
    await writeBytes(buffer, filled)
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
  const writeTexts = createTextOutput(handle)
  const close = () => handle.close().catch(() => undefined)
  return succeed({
    name,
    write: (...texts) => attempt(() => writeTexts(texts)),
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
