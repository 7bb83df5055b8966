import type { SnippetForm } from '../../../shared/model/console.ts'
import { assertNever } from '../../../shared/result.ts'
import { joinCurl } from '../export/curl.ts'
import { joinQuery } from '../pipeline/target.ts'
import type { CheckedRequest } from './request.ts'

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value of JSON as Python writes it. Its texts are those of JSON: each is one of Python too. */
function writePython(value: unknown, indent: string): string {
  const inner = `${indent}    `
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => `${inner}${writePython(item, inner)},\n`).join('')}${indent}]`
  }
  if (!isRecord(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, item]) => `${inner}${JSON.stringify(name)}: ${writePython(item, inner)},\n`,
  )
  return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`
}

function writePythonProgram(url: string, { operation, body }: CheckedRequest): string {
  const hasBody = body !== null
  return [
    `import ${hasBody ? 'json, ' : ''}os, urllib.request`,
    '',
    ...(hasBody ? [`body = ${writePython(body, '')}`] : []),
    'request = urllib.request.Request(',
    `    ${JSON.stringify(url)},`,
    `    method="${operation.method}",`,
    '    headers={',
    `        "Authorization": f"Bearer {os.environ['JASNI_API_KEY']}",`,
    '        "Accept": "application/json",',
    ...(hasBody ? ['        "Content-Type": "application/json",'] : []),
    '    },',
    ...(hasBody ? ['    data=json.dumps(body).encode(),'] : []),
    ')',
    'with urllib.request.urlopen(request, timeout=30) as answer:',
    '    print(answer.status, answer.read().decode())',
    '',
  ].join('\n')
}

function writeTypeScript(url: string, { operation, body }: CheckedRequest): string {
  const json = body === null ? '' : JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')
  return [
    `const answer = await fetch(${JSON.stringify(url)}, {`,
    `  method: '${operation.method}',`,
    '  headers: {',
    `    authorization: \`Bearer \${process.env.JASNI_API_KEY}\`,`,
    "    accept: 'application/json',",
    ...(body === null ? [] : ["    'content-type': 'application/json',"]),
    '  },',
    ...(body === null ? [] : [`  body: JSON.stringify(${json}),`]),
    '  signal: AbortSignal.timeout(30_000),',
    '})',
    'console.log(answer.status, await answer.json())',
    '',
  ].join('\n')
}

/** Writes a request as something that runs. The key comes from `JASNI_API_KEY`, and is nowhere in the text. */
export function writeSnippet(baseUrl: string, request: CheckedRequest, form: SnippetForm): string {
  const url = baseUrl.replace(/\/+$/, '') + joinQuery(request.path, request.query)
  switch (form) {
    case 'curl': {
      const hasBody = request.body !== null
      const headers = ['accept: application/json', ...(hasBody ? ['content-type: application/json'] : [])]
      const body = hasBody ? JSON.stringify(request.body) : null
      return joinCurl({ method: request.operation.method, url, headers, body })
    }
    case 'typescript':
      return writeTypeScript(url, request)
    case 'python':
      return writePythonProgram(url, request)
    default:
      return assertNever(form)
  }
}
