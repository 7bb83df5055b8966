import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createMailFrames } from './mail-frames.ts'
import { createAppProtocol, mapBundle, refuseRequest } from './protocol.ts'
import { mailPolicy, pagePolicy } from './security.ts'

const folder = mkdtempSync(join(tmpdir(), 'jasni-protocol-'))
mkdirSync(join(folder, 'page/assets'), { recursive: true })
writeFileSync(join(folder, 'page/index.html'), '<p>page</p>')
writeFileSync(join(folder, 'page/assets/a.js'), 'export {}')
writeFileSync(join(folder, 'page/assets/a.js.map'), '{}')
writeFileSync(join(folder, 'secret.json'), '{"secret":true}')
symlinkSync(join(folder, 'secret.json'), join(folder, 'page/link.json'))
afterAll(() => rmSync(folder, { recursive: true }))

const mail = createMailFrames(() => 'm-1')
mail.keep('<p>mail</p>')
const serve = createAppProtocol(mapBundle(join(folder, 'page')), mail)
const get = (url: string, method = 'GET') => serve({ url, method })

describe('app protocol', () => {
  test('serves a built file with its type and the page policy', async () => {
    const page = await get('app://bundle/index.html')
    expect(page.status).toBe(200)
    expect(await page.text()).toBe('<p>page</p>')
    expect(Object.fromEntries(page.headers)).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    const script = await get('app://bundle/assets/a.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  test('serves a kept mail with the mail policy', async () => {
    const document = await get('app://mail/m-1')
    expect(document.status).toBe(200)
    expect(document.headers.get('content-security-policy')).toBe(mailPolicy)
    expect(document.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await document.text()).toContain('<p>mail</p>')
  })

  test('serves the plain page for a window that keeps crashing', async () => {
    expect(await (await get('app://bundle/stopped.html')).text()).toContain('The window stopped working')
  })

  test.each([
    'app://bundle/',
    'app://bundle',
    'app://bundle/index.html?x=1',
    'app://bundle//index.html',
    'app://bundle/INDEX.HTML',
    'app://bundle/index.html/',
    'app://bundle/index%2ehtml',
    'app://bundle/assets',
    'app://bundle/assets/a.js.map',
    'app://bundle/../secret.json',
    'app://bundle/%2e%2e/secret.json',
    'app://bundle/..%2fsecret.json',
    'app://bundle/..%2f..%2f..%2fetc%2fpasswd',
    'app://bundle/..%5csecret.json',
    'app://bundle/..\\secret.json',
    'app://bundle/assets/..%2f..%2fsecret.json',
    'app://bundle/link.json',
    'app://bundle/%00index.html',
    'app://bundle/index.html%00.js',
    'app://bundle/__proto__',
    'app://bundle/constructor',
    'app://bundle:80/index.html',
    'app://user@bundle/index.html',
    'app://user:secret@bundle/index.html',
    'app://BUNDLE.evil/index.html',
    'app://evil/index.html',
    'app:///index.html',
    'app:index.html',
    'file:///etc/passwd',
    'https://bundle/index.html',
    'app://mail/',
    'app://mail/m-2',
    'app://mail/m-1/',
    'app://mail/m-1?x',
    'app://mail/../bundle/index.html',
    'app://mail/index.html',
    'app://mail/__proto__',
    'not a url',
  ])('%s is not found', async (url) => {
    const response = await get(url)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('Not found')
    expect(response.headers.get('content-security-policy')).toBe(pagePolicy)
  })

  test.each(['POST', 'PUT', 'HEAD', 'OPTIONS'])('%s is not found', async (method) => {
    expect((await get('app://bundle/index.html', method)).status).toBe(404)
  })

  test('file: is refused whole', () => {
    expect(refuseRequest().status).toBe(403)
  })
})
