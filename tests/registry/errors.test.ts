/** What can go wrong between us, an MLflow server that asks for a user, and an S3 server: each provoked for real. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT, Stack } from './stack.ts'

const ADMIN = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'servery-secret' }
const BASIC = `Basic ${btoa('admin:servery-secret')}`

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start({ ARTIFACTS: 's3', AUTH: 'true' })
})
afterAll(() => stack.remove())

const registry = (more: Record<string, string> = {}) => stack.registry({ ...ADMIN, ...more })

async function mlflow(route: string, content: unknown): Promise<void> {
  const headers = { authorization: BASIC, 'content-type': 'application/json' }
  const answer = await fetch(stack.uri + route, { method: 'POST', headers, body: JSON.stringify(content) })
  expect(answer.status).toBe(200)
}

/** A Node process in this repository that has `registry` and `folder`. */
const script = (folder: string, work: string) => [
  '--input-type=module',
  '-e',
  `import { readdirSync } from 'node:fs'
import { loadConfig, registryVariables } from '@servery/core'
import { openRegistry } from '@servery/tracking'
const folder = ${JSON.stringify(folder)}
const registry = openRegistry(loadConfig(registryVariables, { environment: process.env }), folder)
${work}`,
]

describe('users', () => {
  it('are required by 401, whether none or wrong credentials were sent', async () => {
    const sentence = `${stack.uri} requires valid credentials (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.`
    for (const known of [stack.registry(), registry({ MLFLOW_TRACKING_PASSWORD: 'wrong' })])
      await expect(known.versions('TOY-COMPILED')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', message: sentence })
  })

  it('may stand in the address, which no message repeats', async () => {
    const uri = stack.uri.replace('//', '//admin:servery-secret@')
    expect(await stack.registry({ MLFLOW_TRACKING_URI: uri }).versions('TOY-COMPILED')).toEqual([])
    const failed = stack.registry({ MLFLOW_TRACKING_URI: `${uri}/nothing` }).versions('TOY-COMPILED')
    await expect(failed).rejects.toThrow(
      `${stack.uri}/nothing has nothing at GET /api/2.0/mlflow/model-versions/search (404 `,
    )
  })

  it('without the right are told so by 403', async () => {
    const version = await registry().register(stack.versionFolder('owned'), 'OWNED-COMPILED')
    await mlflow('/api/2.0/mlflow/users/create', { username: 'guest', password: 'guest-password-1' })
    const guest = stack.registry({
      MLFLOW_TRACKING_USERNAME: 'guest',
      MLFLOW_TRACKING_PASSWORD: 'guest-password-1',
    })
    await expect(guest.resolve(version.name)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringMatching(/does not allow GET \/api\/2.0\/mlflow\/model-versions\/get to this user \(403 /),
    })
  })
})

describe('addresses', () => {
  it('of a version or alias that is not there are answered with what is', async () => {
    await registry().register(stack.versionFolder('known'), 'KNOWN-COMPILED')
    const refusals = [
      ['KNOWN-COMPILED-7', 'The registry has no version KNOWN-COMPILED-7; it has KNOWN-COMPILED-1.'],
      ['OTHER-COMPILED-1', 'The registry has no version OTHER-COMPILED-1; it has no model OTHER-COMPILED.'],
      ['models:/KNOWN-COMPILED@champion', "The registry has no alias 'champion' of KNOWN-COMPILED"],
    ]
    for (const [reference, sentence] of refusals) await expect(registry().resolve(reference!)).rejects.toThrow(sentence)
  })

  it('without a server or of another one are named', async () => {
    const nobody = registry({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' }).versions('TOY-COMPILED')
    await expect(nobody).rejects.toThrow(
      /^GET \S+ at http:\/\/127.0.0.1:9 failed 3 times: .*ECONNREFUSED.*Is the server running, and is the address right\?$/,
    )
    const other = http.createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const failed = registry({ MLFLOW_TRACKING_URI: addressOf(other) }).versions('TOY-COMPILED')
    await expect(failed).rejects.toThrow('does not answer as an MLflow server does')
    other.close()
  })
})

describe('S3', () => {
  it('that does not know the key leaves no version behind', async () => {
    const failed = registry({ AWS_SECRET_ACCESS_KEY: 'wrong' }).register(stack.versionFolder('a'), 'LOCKED-COMPILED')
    await expect(failed).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringMatching(
        /^s3:\/\/mlflow\/.*: S3 refuses access \(SignatureDoesNotMatch\)\. Check AWS_ACCESS_KEY_ID/,
      ),
    })
    expect(await registry().versions('LOCKED-COMPILED')).toEqual([])
    expect((await registry().register(stack.versionFolder('a'), 'LOCKED-COMPILED', { expectedNumber: 1 })).number).toBe(
      1,
    )
    const version = await registry().resolve('LOCKED-COMPILED-1')
    const into = path.join(stack.folder, 'models/LOCKED')
    await expect(registry({ AWS_ACCESS_KEY_ID: 'unknown' }).download(version, into)).rejects.toThrow(
      'No user exists with the provided access key ID',
    )
  })

  it('without the bucket is named', async () => {
    await mlflow('/api/2.0/mlflow/experiments/create', {
      name: 'BUCKETLESS-COMPILED',
      artifact_location: 's3://nowhere/x',
    })
    await expect(registry().register(stack.versionFolder('b'), 'BUCKETLESS-COMPILED')).rejects.toThrow(
      'there is no bucket nowhere at this S3 server.',
    )
    expect(await registry().versions('BUCKETLESS-COMPILED')).toEqual([])
  })
})

describe('a break', () => {
  it('of a push leaves no version, and the next push gets the number', async () => {
    const folder = stack.versionFolder('long', 300_000_000)
    const push = spawn(process.execPath, script(folder, `await registry.register(folder, 'BROKEN-COMPILED')`), {
      cwd: ROOT,
      env: stack.environment(ADMIN),
    })
    const exited = once(push, 'exit')
    const isSending = () => stack.filesOfS3().some((name) => name.includes('multipart'))
    while (push.exitCode === null && !isSending()) await pause(50)
    push.kill('SIGKILL')
    expect(await exited).toEqual([null, 'SIGKILL'])
    expect(await registry().versions('BROKEN-COMPILED')).toEqual([])
    expect(
      (await registry().register(stack.versionFolder('short'), 'BROKEN-COMPILED', { expectedNumber: 1 })).number,
    ).toBe(1)
  })

  it('for want of room on a disk says so and leaves nothing', async () => {
    await registry().register(stack.versionFolder('large', 20_000_000), 'FULL-COMPILED')
    const disk = stack.versionFolder('disk')
    const work = `const failed = registry.download(await registry.resolve('FULL-COMPILED-1'), folder + '/models/FULL')
const { code, message } = await failed.catch((error) => error)
console.log(JSON.stringify([code, message, readdirSync(folder + '/models')]))`
    const alone = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']
    const mounted = [...alone, 'sh', '-c', 'mount -t tmpfs -o size=8m tmpfs "$0" && exec "$@"', disk]
    const { stdout, stderr } = spawnSync('unshare', [...mounted, process.execPath, ...script(disk, work)], {
      cwd: ROOT,
      encoding: 'utf8',
      env: stack.environment(ADMIN),
    })
    expect(stderr).toBe('')
    const sentence = `The disk of ${disk}/models is full; free some space and try again. Existing files are unchanged.`
    expect(JSON.parse(stdout)).toEqual(['MODEL_LOAD_FAILED', sentence, []])
  })
})

describe('TLS', () => {
  let server: https.Server
  let certificate: string
  beforeAll(async () => {
    const key = path.join(stack.folder, 'key.pem')
    certificate = path.join(stack.folder, 'certificate.pem')
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const name = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
    server = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, forTokens)
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(() => server.close())

  const secured = (more: Record<string, string> = {}) =>
    stack.registry({ MLFLOW_TRACKING_URI: addressOf(server), MLFLOW_TRACKING_TOKEN: 'token-1', ...more })

  it('with a certificate of your own takes a bearer token', async () => {
    const trusting = { MLFLOW_TRACKING_SERVER_CERT_PATH: certificate }
    expect(await secured(trusting).versions('KNOWN-COMPILED')).toEqual([1])
    expect(await secured({ MLFLOW_TRACKING_INSECURE_TLS: 'true' }).versions('KNOWN-COMPILED')).toEqual([1])
    const unknown = secured({ ...trusting, MLFLOW_TRACKING_TOKEN: 'token-2' }).versions('KNOWN-COMPILED')
    await expect(unknown).rejects.toThrow('requires valid credentials')
  })

  it('that is not trusted is refused at once', async () => {
    await expect(secured().versions('KNOWN-COMPILED')).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringMatching(
        /no secure connection, self-signed certificate .*MLFLOW_TRACKING_SERVER_CERT_PATH/,
      ),
    })
    expect(() => secured({ MLFLOW_TRACKING_SERVER_CERT_PATH: '/nowhere.pem' })).toThrow(
      'The certificate file /nowhere.pem cannot be read.',
    )
  })

  it('and plain HTTP go through the proxies of the environment, but for NO_PROXY', async () => {
    const asked: string[] = []
    const proxy = http.createServer((request, response) => {
      asked.push(request.url!)
      pass(request, response, request.url!)
    })
    proxy.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url}`)
      const upstream = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      for (const one of [upstream, socket]) one.on('error', () => upstream.destroy())
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const within = async (noProxy: string, work: () => Promise<unknown>) => {
      Object.assign(process.env, { HTTP_PROXY: addressOf(proxy), HTTPS_PROXY: addressOf(proxy), NO_PROXY: noProxy })
      await work().finally(() => {
        for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) delete process.env[name]
      })
    }
    const trusting = { MLFLOW_TRACKING_SERVER_CERT_PATH: certificate }
    await within('', () => registry().versions('KNOWN-COMPILED'))
    await within('', () => secured(trusting).versions('KNOWN-COMPILED'))
    expect(asked).toEqual([
      expect.stringContaining(`${stack.uri}/api/2.0/mlflow/model-versions/search?`),
      `CONNECT ${addressOf(server).slice('https://'.length)}`,
    ])
    await within('127.0.0.1', () => registry().versions('KNOWN-COMPILED'))
    expect(asked).toHaveLength(2)
    proxy.closeAllConnections()
    proxy.close()
  })
})

/** What stands before an MLflow server where people sign in with tokens. */
function forTokens(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.authorization !== 'Bearer token-1') response.writeHead(401).end()
  else pass(request, response, stack.uri + request.url, BASIC)
}

function pass(request: IncomingMessage, response: ServerResponse, to: string, as?: string): void {
  const headers = { ...request.headers, host: new URL(to).host, ...(as && { authorization: as }) }
  const upstream = http.request(to, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(response)
  })
  request.pipe(upstream)
}

function addressOf(server: http.Server | https.Server): string {
  const scheme = server instanceof https.Server ? 'https' : 'http'
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}
