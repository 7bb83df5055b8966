// What a package is made of, in bytes, and the most that each part may have.
import { readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const mb = 1_000_000

/** Parts of an unpacked app; the first whose pattern fits a path takes it. The budgets leave room for a year. */
const partTable = [
  { part: 'our code, page and fonts (app.asar)', pattern: /(^|\/)app\.asar$/, budgetBytes: 6 * mb },
  { part: 'native modules (keytar, libsql)', pattern: /app\.asar\.unpacked\//, budgetBytes: 12 * mb },
  { part: "Electron's licences", pattern: /LICENSE/, budgetBytes: 16 * mb },
  { part: "Electron's languages", pattern: /(^|\/)locales\/|\.lproj\//, budgetBytes: 3 * mb },
  { part: 'Electron', pattern: /^/, budgetBytes: 300 * mb },
]

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : []
  })
}

/** Bytes and budget of each part of the unpacked app in `folder`. */
export function measureParts(folder) {
  const sizes = new Map(partTable.map(({ part }) => [part, 0]))
  for (const path of listFiles(folder)) {
    const name = relative(folder, path).split(sep).join('/')
    const found = partTable.find(({ pattern }) => pattern.test(name))
    if (found !== undefined) sizes.set(found.part, (sizes.get(found.part) ?? 0) + statSync(path).size)
  }
  return partTable.map(({ part, budgetBytes }) => ({ part, bytes: sizes.get(part) ?? 0, budgetBytes }))
}

/** The parts as a table of MB, one line each. */
export function describeParts(parts) {
  const inMb = (bytes) => (bytes / mb).toFixed(2).padStart(8)
  return parts.map(
    ({ part, bytes, budgetBytes }) =>
      `${inMb(bytes)} MB of ${inMb(budgetBytes)}  ${part}${bytes > budgetBytes ? '  OVER' : ''}`,
  )
}
