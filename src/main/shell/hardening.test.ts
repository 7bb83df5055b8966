import { describe, expect, test } from 'vitest'
import { findRefusal, refusedSwitches } from './hardening.ts'

/** A start as Chromium would read its command line on Linux. */
function start(argv: readonly string[], isRoot = false) {
  const names = argv.map((argument) => argument.replace(/^--?/, '').replace(/=.*$/s, ''))
  return { argv, hasSwitch: (name: string) => names.includes(name), isRoot }
}

describe('a packaged start', () => {
  test.each([
    [],
    ['--profile=/home/a', '--screenshot', 'a.png', '--theme=dark', '--disable-gpu'],
    ['--inspector'],
    ['--lang=de', '--', 'jasni-vault://open', '--inspect'],
  ])('goes on with %j', (...argv) => {
    expect(findRefusal(start(argv))).toBeNull()
  })

  test.each([
    ...refusedSwitches.flatMap((name) => [`--${name}`, `--${name}=1`]),
    '-no-sandbox',
    '--inspect',
    '--inspect=0',
    '--inspect-brk=127.0.0.1:9229',
    '--inspect-publish-uid=http',
    '-r',
    '--require=/home/a/x.js',
    '/inspect',
  ])('is refused with %s', (argument) => {
    const refusal = findRefusal(start(['--theme=dark', argument]))
    expect(refusal?.exitCode).toBe(64)
    expect(refusal?.reason).toContain(argument.replace(/^(?:--?|\/)/, '--').replace(/=.*$/, ''))
  })

  test('says nothing of the value of a switch', () => {
    expect(findRefusal(start(['--js-flags=jsk_secret']))?.reason).not.toContain('jsk_')
  })

  test('is refused to root, whatever else it says', () => {
    expect(findRefusal(start(['--no-sandbox'], true))).toMatchObject({
      exitCode: 77,
      reason: expect.stringMatching(/^Jasni Vault does not run as root/),
    })
  })
})
