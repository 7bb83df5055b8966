import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureCrash } from './crash.ts'
import type { Bench } from './electron-process.ts'
import { formatReport, type Report } from './figures.ts'
import { measureGoodput } from './goodput.ts'
import { measureLog } from './log.ts'
import { logArgument, runLogMeasures } from './log-store.ts'
import { measureMemory } from './memory.ts'
import { measureOverhead } from './overhead.ts'
import { peerArgument, runPeer } from './peer.ts'
import { measureRotation } from './rotation.ts'
import { measureStartup } from './startup.ts'

const benches: Readonly<Record<string, (bench: Bench) => Promise<Report>>> = {
  startup: measureStartup,
  memory: measureMemory,
  overhead: measureOverhead,
  goodput: measureGoodput,
  rotation: measureRotation,
  crash: measureCrash,
  // Late, since Playwright does not load in the runtime that the log is measured in.
  har: async (bench) => (await import('./har.ts')).measureHar(bench),
  log: measureLog,
}

async function runBenches(args: readonly string[]): Promise<number> {
  // The session that this runs in has flags for Electron; everything else is a bench's name.
  const flags = args.filter((arg) => arg.startsWith('--'))
  const names = args.filter((arg) => !arg.startsWith('--'))
  const chosen = names.length > 0 ? names : Object.keys(benches)
  const unknown = chosen.filter((name) => benches[name] === undefined)
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`)
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'jasni-vault-bench-'))
  try {
    for (const name of chosen) {
      console.log(`\n${name}`)
      const report = await benches[name]?.({ root: process.cwd(), flags, folder })
      if (report !== undefined) console.log(formatReport(report))
    }
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

const args = process.argv.slice(2)
if (args[0] === logArgument) void runLogMeasures(args[1] ?? '')
else if (args[0] === peerArgument) void runPeer(args[1] ?? '')
else {
  runBenches(args).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
