import { dialog } from 'electron'
import { succeed } from '../../shared/result.ts'
import { openChosenFile } from '../adapters/chosen-file.ts'
import type { ChosenFile, FileDesk } from '../core/ports.ts'

/** The desktop's own dialog for files to attach. Their paths go no further than here. */
export function createFileDesk(): FileDesk {
  return {
    async chooseFiles() {
      const answer = await dialog.showOpenDialog({
        title: 'Attach files',
        buttonLabel: 'Attach',
        properties: ['openFile', 'multiSelections'],
      })
      if (answer.canceled || answer.filePaths.length === 0) return null
      const files: ChosenFile[] = []
      for (const path of answer.filePaths) {
        const file = await openChosenFile(path)
        if (!file.ok) return file
        files.push(file.value)
      }
      return succeed(files)
    },
  }
}
