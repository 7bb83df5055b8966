import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { HttpAnswer, HttpRequest } from '../core/ports.ts'
import { classifyNetworkFault, createUndiciHttp, type UndiciHttp, type UndiciHttpOptions } from './undici-http.ts'

const mebibyte = 1024 * 1024
const open: { server: Server; sockets: Set<Socket> }[] = []
const clients: UndiciHttp[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(clients.splice(0).map((client) => client.close()))
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ server, sockets })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (listener: RequestListener) => listen(createHttpServer(listener))
/** A server that answers each connection's first bytes with `answer`. */
const serveRaw = (answer: (socket: Socket) => void) =>
  listen(createTcpServer((socket) => socket.once('data', () => answer(socket))))

// Node makes keys, not certificates: where the tool is absent, that one test has nothing to offer the client.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A certificate for 127.0.0.1 that is signed by itself alone. */
function makeCertificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'jasni-vault-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '2']
  const name = ['-subj', '/CN=elsewhere.invalid', '-addext', 'subjectAltName=IP:127.0.0.1']
  try {
    execFileSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function createClient(options: UndiciHttpOptions = {}): UndiciHttp {
  const client = createUndiciHttp(options)
  clients.push(client)
  return client
}

function request(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, headers: [], body: null, timeoutMs: 10_000, responseBytesMax: mebibyte, ...changes }
}

function readBody(answer: HttpAnswer): string {
  if (answer.end.kind !== 'answered') throw new Error(`no body: ${JSON.stringify(answer.end)}`)
  return new TextDecoder().decode(answer.end.body)
}

describe('a request', () => {
  test('carries method, path, query, headers and body, and brings back status, headers and body', async () => {
    const url = await serve((incoming, response) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('end', () => {
        response.writeHead(201, { 'Content-Type': 'application/json', 'X-Two': ['a', 'b'] })
        response.end(
          JSON.stringify([incoming.method, incoming.url, incoming.headers['x-one'], Buffer.concat(pieces).toString()]),
        )
      })
    })
    const answer = await createClient().send(
      request(`${url}/a%20b?c=d`, { method: 'POST', headers: [['X-One', '1']], body: '{"é":1}' }),
    )
    expect(answer.status).toBe(201)
    expect(JSON.parse(readBody(answer))).toEqual(['POST', '/a%20b?c=d', '1', '{"é":1}'])
    expect(answer.headers).toContainEqual(['content-type', 'application/json'])
    expect(answer.headers.filter(([name]) => name === 'x-two')).toEqual([
      ['x-two', 'a'],
      ['x-two', 'b'],
    ])
  })

  test('times its phases, and names no connecting on a connection that was kept open', async () => {
    const url = await serve((_, response) => response.end('x'))
    const client = createClient()
    const first = await client.send(request(url))
    const second = await client.send(request(url))
    expect(first.timings).toEqual({
      dnsMs: null,
      connectMs: expect.any(Number),
      tlsMs: null,
      firstByteMs: expect.any(Number),
      bodyMs: expect.any(Number),
    })
    expect(second.timings).toMatchObject({ dnsMs: null, connectMs: null, tlsMs: null })
    expect(second.timings.firstByteMs).toBeGreaterThanOrEqual(0)
  })

  test('times the look-up of a name apart from the connecting', async () => {
    const url = await serve((_, response) => response.end('x'))
    const answer = await createClient().send(request(url.replace('127.0.0.1', 'localhost')))
    expect(answer.timings).toMatchObject({ dnsMs: expect.any(Number), connectMs: expect.any(Number), tlsMs: null })
  })

  test('times a body that takes its time as the body', async () => {
    const url = await serve((_, response) => {
      response.write('half')
      setTimeout(() => response.end('half'), 60)
    })
    const { timings } = await createClient().send(request(url))
    expect(timings.bodyMs).toBeGreaterThan(40)
    expect(timings.firstByteMs).toBeLessThan(timings.bodyMs ?? 0)
  })

  test.skipIf(!hasOpenssl)('over TLS times the handshake apart from the connecting', async () => {
    const pair = makeCertificate()
    const server = createHttpsServer(pair, (_, response) => response.end('x'))
    const url = (await listen(server)).replace('http:', 'https:')
    const client = createClient({ ca: pair.cert.toString() })
    const first = await client.send(request(url))
    const second = await client.send(request(url))
    expect(readBody(first)).toBe('x')
    expect(first.timings).toMatchObject({ dnsMs: null, connectMs: expect.any(Number), tlsMs: expect.any(Number) })
    expect(first.timings.tlsMs).toBeGreaterThan(0)
    expect(second.timings).toMatchObject({ dnsMs: null, connectMs: null, tlsMs: null })
  })

  test.skipIf(!hasOpenssl)('over TLS is refused by a certificate for another name', async () => {
    const pair = makeCertificate()
    const server = createHttpsServer(pair, (_, response) => response.end('x'))
    const url = (await listen(server)).replace('http://127.0.0.1', 'https://localhost')
    const answer = await createClient({ ca: pair.cert.toString() }).send(request(url))
    expect(answer.end).toEqual({ kind: 'network', reason: 'tls' })
    expect(answer.timings.tlsMs).toBeGreaterThan(0)
  })

  test('given up in the handshake counts the handshake up to then', async () => {
    const url = await serveRaw(() => {})
    const answer = await createClient().send(request(url.replace('http:', 'https:'), { timeoutMs: 60 }))
    expect(answer.end).toEqual({ kind: 'timeout' })
    expect(answer.timings.tlsMs).toBeGreaterThan(20)
    expect(answer.timings).toMatchObject({ firstByteMs: null, bodyMs: null })
  })

  test('whose handshake takes longer than a connection may is unreachable', async () => {
    const url = await serveRaw(() => {})
    const answer = await createClient({ connectTimeoutMs: 40 }).send(request(url.replace('http:', 'https:')))
    expect(answer.end).toEqual({ kind: 'network', reason: 'unreachable' })
  })

  test('follows no redirect', async () => {
    let requests = 0
    const url = await serve((_, response) => {
      requests += 1
      response.writeHead(302, { Location: '/elsewhere' }).end()
    })
    const answer = await createClient().send(request(url))
    expect(answer.status).toBe(302)
    expect(answer.headers).toContainEqual(['location', '/elsewhere'])
    expect(requests).toBe(1)
  })

  test.each([
    ['gzip', gzipSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['deflate', deflateSync('hello')],
    ['deflate', deflateRawSync('hello')],
    ['GZIP ', gzipSync('hello')],
  ])('a body packed as %s is unpacked', async (encoding, packed) => {
    const url = await serve((_, response) => response.writeHead(200, { 'Content-Encoding': encoding }).end(packed))
    expect(readBody(await createClient().send(request(url)))).toBe('hello')
  })

  test('an empty body stays empty, whatever it says of its packing', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end())
    expect(readBody(await createClient().send(request(url)))).toBe('')
  })

  test('many at once share no answer', async () => {
    const url = await serve((incoming, response) => response.end(incoming.url))
    const client = createClient()
    const paths = Array.from({ length: 40 }, (_, index) => `/${index}`)
    const answers = await Promise.all(paths.map((path) => client.send(request(url + path))))
    expect(answers.map(readBody)).toEqual(paths)
  })
})

describe('a hostile server', () => {
  test('50 MB are abandoned at the cap, with bounded memory', async () => {
    let sent = 0
    const url = await serve((_, response) => {
      const piece = Buffer.alloc(64 * 1024, 'x')
      const write = () => {
        while (sent < 50 * mebibyte) {
          sent += piece.byteLength
          if (!response.write(piece)) return response.once('drain', write)
        }
        return response.end()
      }
      write()
    })
    const answer = await createClient().send(request(url, { responseBytesMax: 2 * mebibyte }))
    expect(answer.end).toEqual({ kind: 'too-large' })
    expect(answer.bytes).toBeLessThanOrEqual(2 * mebibyte)
    expect(sent).toBeLessThan(50 * mebibyte)
  })

  test('an announced size above the cap is refused before the body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 50 * mebibyte })
      response.write('x')
    })
    const answer = await createClient().send(request(url))
    expect(answer.end).toEqual({ kind: 'too-large' })
    expect(answer.status).toBe(200)
  })

  test('a bomb of 1 GB in a packed megabyte is abandoned at the cap', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' })
      const bomb = createGzip()
      bomb.pipe(response)
      response.on('error', () => {})
      const zeros = Buffer.alloc(mebibyte)
      let left = 1024
      const write = () => {
        while (left > 0 && !response.destroyed) {
          left -= 1
          if (!bomb.write(zeros)) return bomb.once('drain', write)
        }
        return bomb.end()
      }
      write()
    })
    const before = process.memoryUsage().arrayBuffers
    const answer = await createClient().send(request(url, { responseBytesMax: 4 * mebibyte }))
    expect(answer.end).toEqual({ kind: 'too-large' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * mebibyte)
  })

  test('a body in pieces of one byte costs no more than its size', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      socket.end(`${'1\r\nx\r\n'.repeat(mebibyte)}0\r\n\r\n`)
    })
    const answer = await createClient().send(request(url, { timeoutMs: 30_000 }))
    expect(readBody(answer)).toHaveLength(mebibyte)
  })

  test('a flood of headers is too large', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      socket.write('X-Flood: 0123456789\r\n'.repeat(100_000))
    })
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'too-large' })
  })

  test('one endless header is too large', async () => {
    const url = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nX-Flood: ${'x'.repeat(4 * mebibyte)}`)
    })
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'too-large' })
  })

  test('bytes that are no HTTP are a network failure', async () => {
    const url = await serveRaw((socket) => socket.end('220 mail.example.org ESMTP\r\n'))
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'network', reason: 'other' })
  })

  test('an upgrade that nobody asked for is a network failure', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    })
    expect((await createClient().send(request(url))).end.kind).toBe('network')
  })

  test.each([
    ['shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunked without its end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('a body %s is cut off', async (_, text) => {
    const url = await serveRaw((socket) => socket.end(text))
    const answer = await createClient().send(request(url))
    expect(answer.end).toEqual({ kind: 'cut-off' })
    expect(answer.status).toBe(200)
  })

  test('a connection reset in the body is a cut-off', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', () => socket.resetAndDestroy())
    })
    expect((await createClient().send(request(url))).end.kind).not.toBe('answered')
  })

  test.each([
    ['torn', gzipSync('hello'.repeat(1000)).subarray(0, 20)],
    ['false', Buffer.from('this is no gzip')],
  ])('%s packing is a cut-off', async (_, packed) => {
    const url = await serve((__, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed))
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'cut-off' })
  })

  test('packing of an unknown kind is handed on as it is', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip, gzip' }).end('as is'))
    expect(readBody(await createClient().send(request(url)))).toBe('as is')
  })
})

describe('time', () => {
  test('silence ends with a timeout', async () => {
    const url = await serve(() => {})
    const answer = await createClient().send(request(url, { timeoutMs: 50 }))
    expect(answer.end).toEqual({ kind: 'timeout' })
    expect(answer.status).toBeNull()
  })

  test('a trickle that never ends, ends with a timeout', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(timer))
    })
    const answer = await createClient().send(request(url, { timeoutMs: 100 }))
    expect(answer.end).toEqual({ kind: 'timeout' })
    expect(answer.status).toBe(200)
    expect(answer.bytes).toBeGreaterThan(0)
  })

  test('a cancelled request closes its connection', async () => {
    const cancel = new AbortController()
    const closed = new Promise<void>((resolve) => {
      void serve((incoming) => {
        incoming.on('close', resolve)
        cancel.abort()
      }).then((url) =>
        createClient()
          .send(request(url), cancel.signal)
          .then((answer) => answers.push(answer)),
      )
    })
    const answers: HttpAnswer[] = []
    await closed
    expect(answers.map(({ end }) => end)).toEqual([{ kind: 'cancelled' }])
  })

  test('a request cancelled in its body ends at once', async () => {
    const cancel = new AbortController()
    const url = await serve((_, response) => {
      response.write('half')
      setImmediate(() => cancel.abort())
    })
    expect((await createClient().send(request(url), cancel.signal)).end).toEqual({ kind: 'cancelled' })
  })

  test('a request cancelled before it began sends nothing', async () => {
    let requests = 0
    const url = await serve((_, response) => {
      requests += 1
      response.end()
    })
    const client = createClient()
    expect((await client.send(request(url), AbortSignal.abort())).end).toEqual({ kind: 'cancelled' })
    const early = new AbortController()
    const answer = client.send(request(url), early.signal)
    early.abort()
    expect((await answer).end).toEqual({ kind: 'cancelled' })
    await client.send(request(url))
    expect(requests).toBe(1)
  })

  test('a request given up while its connection is made sends nothing', async () => {
    const received: string[] = []
    const url = await listen(createTcpServer((socket) => socket.on('data', (bytes) => received.push(bytes.toString()))))
    const client = createClient()
    await client.send(request(url, { timeoutMs: 20 }))
    received.length = 0
    const cancel = new AbortController()
    const answer = client.send(request(`${url}/late`), cancel.signal)
    // The library is loaded by now, so the next microtasks start the connection.
    await Promise.resolve().then(() => cancel.abort())
    expect((await answer).end).toEqual({ kind: 'cancelled' })
    await client.send(request(`${url}/marker`, { timeoutMs: 50 }))
    expect(received.join('')).toContain('/marker')
    expect(received.join('')).not.toContain('/late')
  })
})

describe('no answer', () => {
  test('a closed port is refused', async () => {
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const answer = await createClient().send(request(`http://127.0.0.1:${port}`))
    expect(answer.end).toEqual({ kind: 'network', reason: 'refused' })
    expect(answer).toMatchObject({ status: null, bytes: 0 })
  })

  test('a name that does not exist is a matter of DNS', async () => {
    const answer = await createClient().send(request('http://nowhere.invalid/'))
    expect(answer.end).toEqual({ kind: 'network', reason: 'dns' })
  })

  test('a plain server behind https is a matter of TLS', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const answer = await createClient().send(request(url.replace('http:', 'https:')))
    expect(answer.end).toEqual({ kind: 'network', reason: 'tls' })
  })

  test.skipIf(!hasOpenssl)('a certificate that nobody signed is refused, whatever the environment allows', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    let requests = 0
    const server = createHttpsServer(makeCertificate(), (_, response) => {
      requests += 1
      response.end()
    })
    const url = (await listen(server)).replace('http:', 'https:')
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'network', reason: 'tls' })
    expect(requests).toBe(0)
  })

  test('a connection reset before the answer is a reset', async () => {
    const url = await serveRaw((socket) => socket.resetAndDestroy())
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'network', reason: 'reset' })
  })

  test('a connection closed before the answer is a reset', async () => {
    const url = await serveRaw((socket) => socket.end())
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'network', reason: 'reset' })
  })

  test.each(['', 'nonsense', 'ftp://127.0.0.1/', 'http://'])('%j is no address', async (url) => {
    expect((await createClient().send(request(url))).end).toEqual({ kind: 'network', reason: 'other' })
  })

  test('a header that cannot be written is a failure, not an exception', async () => {
    const url = await serve((_, response) => response.end())
    const answer = await createClient().send(request(url, { headers: [['x', 'a\r\nb: c']] }))
    expect(answer.end).toEqual({ kind: 'network', reason: 'other' })
  })

  test.each([
    ['EHOSTUNREACH', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['EAI_AGAIN', 'dns'],
    ['HPE_INVALID_CONSTANT', 'other'],
  ])('%s is %s', (code, fault) => {
    const error = Object.assign(new Error(code), { code })
    expect(classifyNetworkFault(error)).toBe(fault)
    expect(classifyNetworkFault(new Error('outer', { cause: error }))).toBe(fault)
    expect(classifyNetworkFault(new AggregateError([error]))).toBe(fault)
  })
})
