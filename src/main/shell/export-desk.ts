import { join } from 'node:path'
import { app, dialog, shell } from 'electron'
import { createExportFile, removeStaleParts } from '../adapters/export-file.ts'
import type { ExportDesk, Random } from '../core/ports.ts'

const filters = {
  har: { name: 'HTTP archive', extensions: ['har'] },
  csv: { name: 'Table of comma-separated values', extensions: ['csv'] },
} as const

/** The desktop's own dialogs for exported files. `startedAtMs`, epoch ms: what exports left before it nobody writes any more. */
export function createExportDesk(random: Random, startedAtMs: number): ExportDesk {
  return {
    async chooseFile(suggestedName, format) {
      const answer = await dialog.showSaveDialog({
        title: 'Export requests',
        buttonLabel: 'Export',
        defaultPath: join(app.getPath('downloads'), suggestedName),
        filters: [{ ...filters[format], extensions: [...filters[format].extensions] }],
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      })
      return answer.canceled || answer.filePath === undefined || answer.filePath === '' ? null : answer.filePath
    },
    async create(path) {
      await removeStaleParts(path, startedAtMs)
      return createExportFile(path, random.id())
    },
    reveal: (path) => shell.showItemInFolder(path),
  }
}
