// npm run bench [-- NAME…]: measures the built app. Code in e2e/bench/, bundled so that Node can run it.
import { join } from 'node:path'
import { root, runMain, runShown } from './command.mjs'
import { prepareTests } from './preparation.mjs'
import { openSession } from './session.mjs'

const folder = join(root, 'node_modules/.cache/jasni-vault/bench')

runMain(async () => {
  await prepareTests()
  const { build } = await import('vite')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'e2e/bench/main.ts',
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { format: 'es', entryFileNames: 'bench.mjs' } },
    },
  })
  const session = await openSession({ display: 'private', keyring: 'private' })
  const env = { ...session.env, NODE_ENV: 'production' }
  const args = [join(folder, 'bench.mjs'), ...session.flags, ...process.argv.slice(2)]
  const code = await runShown(process.execPath, args, { env })
  await session.close()
  return code
})
