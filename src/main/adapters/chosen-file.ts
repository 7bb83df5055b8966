import { open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { OutboxFault } from '../../shared/error.ts'
import { limits } from '../../shared/limits.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import type { ChosenFile } from '../core/ports.ts'

const types: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.doc': 'application/msword',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.eml': 'message/rfc822',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ics': 'text/calendar',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xls': 'application/vnd.ms-excel',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
}

function classify(error: unknown): OutboxFault {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'file-gone'
  return code === 'EACCES' || code === 'EPERM' ? 'file-denied' : 'no-file'
}

/** Name of a file as a header can carry it: one line, no separators, nothing that turns the reading direction. */
function nameFile(path: string): string {
  const name = basename(path)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069/\\]+/gu, ' ')
    .trim()
  return name === '' ? 'file' : name.slice(-limits.fileNameCharsMax)
}

/**
 * Looks at a file that a person chose. Only regular files can be attached; it is read when it is asked for, and never
 * beyond the maximum, whatever it has grown to since.
 */
export async function openChosenFile(path: string): Promise<Result<ChosenFile, OutboxFault>> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return fail('no-file')
    return succeed({
      filename: nameFile(path),
      contentType: types[extname(path).toLowerCase()] ?? 'application/octet-stream',
      bytes: found.size,
      async read(bytesMax) {
        try {
          const handle = await open(path, 'r')
          try {
            const buffer = new Uint8Array(Math.min(bytesMax, (await handle.stat()).size) + 1)
            let length = 0
            for (;;) {
              const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
              length += bytesRead
              if (bytesRead === 0 || length === buffer.length) break
            }
            return length > bytesMax ? fail('files-too-large' as const) : succeed(buffer.slice(0, length))
          } finally {
            await handle.close()
          }
        } catch (error) {
          return fail(classify(error))
        }
      },
    })
  } catch (error) {
    return fail(classify(error))
  }
}
