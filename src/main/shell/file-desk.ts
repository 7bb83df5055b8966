import { dialog, type OpenDialogReturnValue } from 'electron'
import { succeed } from '../../shared/result.ts'
import { openChosenFile } from '../adapters/chosen-file.ts'
import type { ChosenFile, FileDesk } from '../core/ports.ts'

/** The desktop's own dialog for files to attach. Their paths go no further than here. */
export function createFileDesk(): FileDesk {
  let asking = false

  /** A person is asked for one choice at a time, however often the page asks. */
  async function ask(): Promise<OpenDialogReturnValue> {
    if (asking) return { canceled: true, filePaths: [] }
    asking = true
    try {
      return await dialog.showOpenDialog({
        title: 'Attach files',
        buttonLabel: 'Attach',
        properties: ['openFile', 'multiSelections'],
      })
    } finally {
      asking = false
    }
  }

  return {
    async chooseFiles() {
      const answer = await ask()
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
