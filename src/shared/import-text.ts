import type { CurlFault } from './error.ts'
import type { ErrorText } from './error-text.ts'
import type { ImportNote } from './model/console.ts'
import { assertNever } from './result.ts'

/** Why a cURL command is not imported, and what to do. */
export function describeCurlFault(fault: CurlFault, name: string): ErrorText {
  switch (fault) {
    case 'empty':
      return { title: 'The clipboard holds no text', detail: 'Copy a cURL command first, then import it.' }
    case 'too-long':
      return { title: 'This command is too long to import', detail: 'Fill in the request by hand.' }
    case 'not-curl':
      return { title: 'The clipboard holds no cURL command', detail: 'Copy one that begins with curl, then import it.' }
    case 'quote':
      return { title: 'A quote in the command stays open', detail: 'Part of it was left behind. Copy it again, whole.' }
    case 'substitution':
      return {
        title: 'The command runs another one inside',
        detail: 'Nothing of an import is run. Put the value in its place and copy the command again.',
      }
    case 'option':
      return {
        title: `The option ${name} is not known here`,
        detail: 'It may change what is sent. Take it out and copy the command again.',
      }
    case 'value':
      return { title: `The option ${name} has no value`, detail: 'Part of it was left behind. Copy it again, whole.' }
    case 'file':
      return {
        title: name === '' || name === '-' ? 'The command sends a file' : `The command sends the file ${name}`,
        detail: 'An import reads no files. Put the text in place of the file and copy the command again.',
      }
    case 'form':
      return { title: 'The command sends a form', detail: 'The API takes JSON. Fill in the request by hand.' }
    case 'url':
      return { title: 'The command has no address that can be read', detail: 'Write it out in place of a variable.' }
    case 'host':
      return {
        title: `No environment has the server ${name}`,
        detail: 'Only commands for a known base URL are imported. Add an environment for it first.',
      }
    case 'path':
      return { title: `The API has no ${name}`, detail: 'Compare method and path with the operations in the list.' }
    case 'body':
      return {
        title: 'The body of the command is no JSON object',
        detail: 'The API takes JSON, such as {"name": "value"}.',
      }
    default:
      return assertNever(fault)
  }
}

/** What an import left out or changed, as a sentence. */
export function describeImportNote({ kind, names }: ImportNote): string {
  const list = names.join(', ')
  switch (kind) {
    case 'key':
      return "Its key was left out: calls use the environment's key."
    case 'environment':
      return `It was written for ${list}: it goes to the environment on screen.`
    case 'login':
      return 'A user name and password were left out: the API takes a key.'
    case 'cookies':
      return 'Cookies were left out: the API takes none.'
    case 'headers':
      return `Headers were left out: ${list}.`
    case 'parameters':
      return `Parameters that this operation has not were left out: ${list}.`
    case 'body':
      return 'Its body was left out: this operation takes none.'
    case 'options':
      return `Options were left out: ${list}.`
    case 'rest':
      return 'Only the first request of it was taken.'
    default:
      return assertNever(kind)
  }
}
