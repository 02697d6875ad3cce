/** Many models and versions in one server: loaded at start, by control routes and on demand, on shared workers. */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type ServedProcess, serveProcess } from '@servery/testkit'
import { privateMemory as privateMemoryOfProcess } from '../../src/machine/private-memory.ts'
import { type Artifact, ENTRY, newRepository, writeVersion } from '../fixtures/labels/versions.ts'

const repository = newRepository()
let server: ServedProcess | undefined

afterEach(async () => {
  await server?.stop()
  server = undefined
})
afterAll(() => rmSync(repository, { recursive: true, force: true }))

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** @param versions written into the repository before the start, as `name/version` */
async function start(versions: Record<string, Artifact | string>, environment: Record<string, string> = {}) {
  for (const [place, artifact] of Object.entries(versions)) write(place, artifact)
  server = await serveProcess(ENTRY, {
    SERVERY_MODEL_REPOSITORY: repository,
    SERVERY_CONTROL_API: 'true',
    SERVERY_NUM_WORKERS: '2',
    ...environment,
  })
  return server
}

function write(place: string, artifact: Artifact | string): void {
  const [name, version] = place.split('/') as [string, string]
  writeVersion(repository, name, version, artifact)
}

async function call(
  method: string,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${server?.url}${route}`, { method, ...content, headers: { ...json, ...headers } })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** @param place `name` or `name/version` */
function ask(place: string, contents: readonly string[] = ['x'], headers: Record<string, string> = {}): Promise<Reply> {
  const [name, version] = place.split('/')
  const route = version === undefined ? name : `${name}/versions/${version}`
  return call('POST', `/v1/model/${route}/predict`, { inputs: contents.map((content) => ({ content })) }, headers)
}

const labelsOf = ({ body }: Reply) => (body.outputs as { label: string }[] | undefined)?.map(({ label }) => label)
const control = (verb: string, place: string) => {
  const [name, version] = place.split('/')
  return call('POST', `/v1/repository/${name}/versions/${version}/${verb}`)
}
const setDefault = (name: string, version: string) => call('PUT', `/v1/repository/${name}/default`, { version })

/** Asks from several callers until `stop` is called. @returns every reply */
function keepAsking(place: string, callers = 4, contents = ['a', 'b', 'c', 'd']) {
  let isStopped = false
  const replies: Reply[] = []
  const loops = Array.from({ length: callers }, async () => {
    for (let i = 0; !isStopped && i < 20_000; i += 1) replies.push(await ask(place, contents))
  })
  const stop = async (): Promise<Reply[]> => {
    isStopped = true
    await Promise.all(loops)
    return replies
  }
  return { replies, stop }
}

it('never mixes two versions in one answer, through load, canary, roll-back, default switch and unload under load', async () => {
  await start({ 'mix/MIX-1': { label: 'one' }, 'mix/MIX-2': { label: 'two' } }, { SERVERY_MODELS: 'mix=MIX-1' })
  const asking = keepAsking('mix')
  await control('load', 'mix/MIX-2')
  await call('PUT', '/v1/repository/mix/canary', {
    version: 'MIX-2',
    share: 0.5,
    compare_share: 1,
    max_different_share: 0,
  })
  for (let i = 0; i < 600 && !(await canaryOf('mix')).reason; i += 1) await pause(20)
  expect(await canaryOf('mix')).toMatchObject({
    verdict: 'failed',
    reason: expect.stringContaining('compared answers differ'),
  })
  const before = asking.replies.length
  await pause(200)
  expect(asking.replies.slice(before + 8).flatMap(labelsOf)).not.toContain('two')
  expect((await setDefault('mix', 'MIX-2')).status).toBe(200)
  expect((await control('unload', 'mix/MIX-1')).status).toBe(200)
  await pause(200)
  const replies = await asking.stop()
  expect(replies.filter(({ status }) => status !== 200)).toEqual([])
  const answers = new Set(replies.map((reply) => String(labelsOf(reply))))
  expect([...answers].sort()).toEqual(['one,one,one,one', 'two,two,two,two'])
  expect(labelsOf(replies.at(-1) as Reply)).toContain('two')
  expect((await ask('mix/MIX-1')).status).toBe(404)
})

async function canaryOf(name: string): Promise<Record<string, unknown>> {
  const { body } = await call('GET', '/v1/repository')
  return (body.models as Record<string, unknown>[]).find((model) => model.name === name)?.canary as Record<
    string,
    unknown
  >
}

it('lets versions that are garbage, or end their worker while loading, fail alone', async () => {
  await start(
    { 'good/GOOD-1': { label: 'good' }, 'bad/BAD-1': 'not JSON', 'bad/BAD-2': { label: 'bad', killsWorker: 'load' } },
    { SERVERY_MODELS: 'good=GOOD-1' },
  )
  const asking = keepAsking('good')
  for (const version of ['BAD-1', 'BAD-2']) {
    const { status, body } = await control('load', `bad/${version}`)
    expect([status, body.code]).toEqual([422, 'MODEL_LOAD_FAILED'])
    const asked = await ask(`bad/${version}`)
    expect([asked.status, asked.body.code, asked.body.detail]).toEqual([
      503,
      'MODEL_NOT_READY',
      expect.stringContaining(version),
    ])
  }
  const replies = await asking.stop()
  expect(replies.filter(({ status }) => status !== 200)).toEqual([])
  expect((await call('GET', '/v1/ready')).status).toBe(200)
  write('bad/BAD-3', { label: 'mended' })
  expect((await control('load', 'bad/BAD-3')).status).toBe(200)
  expect(labelsOf(await ask('bad/BAD-3'))).toEqual(['mended'])
})

it('starts with the versions that can be loaded, and is not ready because of the others', async () => {
  write('good/GOOD-1', { label: 'good' })
  write('bad/BAD-1', 'not JSON')
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...process.env,
      SERVERY_PORT: '0',
      SERVERY_MODEL_REPOSITORY: repository,
      SERVERY_MODELS: 'good=GOOD-1,bad=BAD-1',
    },
  })
  try {
    let log = ''
    for await (const part of child.stdout) {
      log += part
      if (log.includes('"not ready"')) break
    }
    expect(log).toMatch(/BAD-1 could not be loaded/)
    server = { url: log.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0], stop: async () => 0 } as unknown as ServedProcess
    const ready = await call('GET', '/v1/ready')
    expect([ready.status, ready.body.detail]).toEqual([503, expect.stringContaining('BAD-1 could not be loaded')])
    expect(labelsOf(await ask('good'))).toEqual(['good'])
  } finally {
    child.kill('SIGKILL')
  }
})

it('gives a version workers of its own, if its definition says so', async () => {
  writeVersion(repository, 'own', 'OWN-1', { label: 'own', killsWorker: 'predict' }, 'alone')
  await start({ 'good/GOOD-1': { label: 'good' } }, { SERVERY_MODELS: 'good=GOOD-1,own=OWN-1' })
  const { workers, logged } = server as ServedProcess
  expect(workers()).toHaveLength(4)
  const shared = (await call('GET', '/v1/repository')).body
  expect(shared).toMatchObject({ models: expect.arrayContaining([expect.objectContaining({ name: 'own' })]) })
  const asking = keepAsking('good')
  expect((await ask('own')).body.code).toBe('ITEM_REJECTED')
  expect((await control('unload', 'own/OWN-1')).status).toBe(200)
  await logged('version unloaded')
  expect((await asking.stop()).filter(({ status }) => status !== 200)).toEqual([])
  expect(workers()).toHaveLength(2)
})

it('puts a version that ends workers into quarantine, and answers for the others', async () => {
  await start(
    { 'good/GOOD-1': { label: 'good' }, 'killer/KILLER-1': { label: 'killer', killsWorker: 'predict' } },
    { SERVERY_MODELS: 'good=GOOD-1,killer=KILLER-1' },
  )
  const asking = keepAsking('good')
  const answers: Reply[] = []
  const isQuarantined = () => String(answers.at(-1)?.body.detail).startsWith('KILLER-1 has ended two workers in a row')
  for (let i = 0; i < 200 && !isQuarantined(); i += 1) answers.push(await ask('killer'))
  expect(isQuarantined()).toBe(true)
  expect(answers[0]?.body.code).toBe('ITEM_REJECTED')
  const restarts = await (server as ServedProcess).metric('servery_worker_restarts_total')
  const replies = await asking.stop()
  expect(replies.filter(({ status }) => status !== 200)).toEqual([])
  for (let i = 0; i < 20; i += 1) await ask('killer')
  expect(await (server as ServedProcess).metric('servery_worker_restarts_total')).toBe(restarts)
  expect((await ask('good')).status).toBe(200)
})

it('puts a version that hangs into quarantine, and goes on answering for the others', async () => {
  await start(
    { 'good/GOOD-1': { label: 'good' }, 'hang/HANG-1': { label: 'hang', hangsOn: 'for ever' } },
    { SERVERY_MODELS: 'good=GOOD-1,hang=HANG-1', SERVERY_REQUEST_TIMEOUT_MS: '2000' },
  )
  const hanging = keepAsking('hang', 3, ['for ever'])
  const isQuarantined = () => hanging.replies.some(({ body }) => String(body.detail).includes('two workers in a row'))
  for (let i = 0; i < 600 && !isQuarantined(); i += 1) await pause(50)
  const asking = keepAsking('good', 2)
  await pause(1_000)
  expect((await asking.stop()).filter(({ status }) => status !== 200)).toEqual([])
  await hanging.stop()
  expect(isQuarantined()).toBe(true)
})

it('loads a version again if its worker was ended by another one', async () => {
  const models = 'bad=BAD-4,healthy=HEALTHY-1'
  write('bad/BAD-4', { label: 'bad', endsWorkerAfterMs: 300 })
  write('healthy/HEALTHY-1', { label: 'healthy', loadMs: 1_000 })
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...process.env,
      SERVERY_PORT: '0',
      SERVERY_NUM_WORKERS: '2',
      SERVERY_MODEL_REPOSITORY: repository,
      SERVERY_MODELS: models,
    },
  })
  try {
    let log = ''
    for await (const part of child.stdout) {
      log += part
      if (log.includes('"not ready"') || log.includes('"ready"')) break
    }
    server = { url: log.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0], stop: async () => 0 } as unknown as ServedProcess
    expect(log).not.toMatch(/HEALTHY-1 could not be loaded/)
    expect(labelsOf(await ask('healthy'))).toEqual(['healthy'])
  } finally {
    child.kill('SIGKILL')
  }
})

it('answers for others while every other worker loads a version', async () => {
  await start(
    { 'good/GOOD-1': { label: 'good' }, 'large/LARGE-1': { label: 'large', loadMs: 1_500 } },
    { SERVERY_MODELS: 'good=GOOD-1', SERVERY_NUM_WORKERS: '4' },
  )
  const loading = control('load', 'large/LARGE-1')
  let longest = 0
  for (const end = performance.now() + 3_000; performance.now() < end; ) {
    const askedAt = performance.now()
    expect((await ask('good')).status).toBe(200)
    longest = Math.max(longest, performance.now() - askedAt)
  }
  expect((await loading).status).toBe(200)
  expect(longest).toBeLessThan(1_400)
})

it('never answers with content that was put in place of that of a loaded version', async () => {
  await start({ 'swap/SWAP-1': { label: 'old' } }, { SERVERY_MODELS: 'swap=SWAP-1' })
  write('swap/SWAP-1', { label: 'new' })
  process.kill((server as ServedProcess).workers()[0] as number, 'SIGKILL')
  const labels = new Set<string>()
  for (const end = performance.now() + 3_000; performance.now() < end; )
    for (const label of labelsOf(
      await ask(
        'swap',
        Array.from({ length: 100 }, () => 'x'),
      ),
    ) ?? [])
      labels.add(label)
  expect([...labels]).toEqual(['old'])
})

it('finishes the requests of a version before it unloads it', async () => {
  await start({ 'slow/SLOW-1': { label: 'slow', ms: 20 } }, { SERVERY_MODELS: 'slow=SLOW-1' })
  const asked = Array.from({ length: 20 }, () => ask('slow', ['a', 'b']))
  await Promise.race(asked)
  const unloaded = control('unload', 'slow/SLOW-1')
  // A request may arrive after the unload has begun.
  const statuses = (await Promise.all(asked)).map(({ status }) => status)
  expect(statuses.filter((status) => status !== 200 && status !== 404)).toEqual([])
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(10)
  expect((await unloaded).status).toBe(200)
  expect((await ask('slow')).body.code).toBe('MODEL_NOT_FOUND')
})

it('loads a version once for 50 concurrent requests', async () => {
  await start({ 'once/ONCE-1': { label: 'once', loadMs: 200 } })
  const replies = await Promise.all(Array.from({ length: 50 }, () => ask('once')))
  expect(replies.map((reply) => String(labelsOf(reply)))).toEqual(Array.from({ length: 50 }, () => 'once'))
  expect(await (server as ServedProcess).metric('servery_model_loads_total')).toBe(1)
})

it('unloads what was used least recently when memory is scarce, and answers for all', async () => {
  const MIB = 2 ** 20
  const names = Array.from({ length: 6 }, (_, i) => `room${i}`)
  const versions = names.map((name, i) => [`${name}/ROOM-1`, { label: name, ballastBytes: (20 + i) * MIB }])
  await start(Object.fromEntries(versions), { SERVERY_MODEL_MEMORY_BYTES: String(90 * MIB) })
  for (const name of [...names, ...names.toReversed(), ...names]) expect(labelsOf(await ask(name))).toEqual([name])
  const { body } = await call('GET', '/v1/repository')
  expect((body.memory as { used_bytes: number }).used_bytes).toBeLessThan(90 * MIB)
  const all = await Promise.all(Array.from({ length: 60 }, (_, i) => ask(names[i % 6] as string)))
  expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200))
  // Those that an operator loads stay.
  const loads: Reply[] = []
  for (const name of names) loads.push(await control('load', `${name}/ROOM-1`))
  const refused = names.filter((_, i) => loads[i]?.body.code === 'NO_ROOM')
  expect(refused.length).toBeGreaterThan(0)
  const { status, body: refusal } = await ask(refused[0] as string)
  expect([status, refusal.code]).toEqual([503, 'NO_ROOM'])
})

describe('the memory of a worker after 20 rounds of load and unload', () => {
  const MIB = 2 ** 20

  async function growth(artifact: Artifact): Promise<number> {
    await start({ 'round/ROUND-1': artifact }, { SERVERY_NUM_WORKERS: '1' })
    const round = async () => {
      await control('load', 'round/ROUND-1')
      await ask('round/ROUND-1')
      await control('unload', 'round/ROUND-1')
    }
    for (let i = 0; i < 3; i += 1) await round()
    const before = privateMemory()
    for (let i = 0; i < 20; i += 1) await round()
    return privateMemory() / before - 1
  }

  it('is what it was before, within a tenth', async () => {
    expect(await growth({ label: 'round', ballastBytes: 8 * MIB })).toBeLessThan(0.1)
  })

  it('is more for a model that keeps what it should release', async () => {
    expect(await growth({ label: 'round', ballastBytes: 8 * MIB, leaks: true })).toBeGreaterThan(0.1)
  })
})

function privateMemory(): number {
  const [worker] = (server as ServedProcess).workers()
  return privateMemoryOfProcess((file) => readFileSync(file.replace('self', String(worker)), 'utf8'))
}

it('refuses a version whose content has changed', async () => {
  await start({ 'fixed/FIXED-1': { label: 'first' } }, { SERVERY_MODELS: 'fixed=FIXED-1' })
  expect((await control('load', 'fixed/FIXED-1')).status).toBe(200)
  write('fixed/FIXED-1', { label: 'second' })
  const { status, body } = await control('load', 'fixed/FIXED-1')
  expect([status, body.code]).toEqual([409, 'VERSION_CONFLICT'])
  expect(labelsOf(await ask('fixed'))).toEqual(['first'])
  await control('unload', 'fixed/FIXED-1')
  expect((await control('load', 'fixed/FIXED-1')).body.code).toBe('VERSION_CONFLICT')
})

it('takes a version that could not be loaded once it is repaired', async () => {
  await start({ 'repaired/REPAIRED-1': 'half a fi' })
  expect((await control('load', 'repaired/REPAIRED-1')).status).toBe(422)
  write('repaired/REPAIRED-1', { label: 'whole' })
  expect((await control('load', 'repaired/REPAIRED-1')).status).toBe(200)
  expect(labelsOf(await ask('repaired'))).toEqual(['whole'])
})

it('keeps the server ready while another model is loaded, and refuses loads of what is not there', async () => {
  await start(
    { 'good/GOOD-1': { label: 'good' }, 'late/LATE-1': { label: 'late', loadMs: 300 } },
    { SERVERY_MODELS: 'good=GOOD-1' },
  )
  let isLoaded = false
  const loading = control('load', 'late/LATE-1').finally(() => {
    isLoaded = true
  })
  const statuses = new Set<number>()
  for (; !isLoaded; await pause(20)) statuses.add((await call('GET', '/v1/ready')).status)
  expect([[...statuses], (await loading).status]).toEqual([[200], 200])
  expect((await control('load', 'late/LATE-9')).status).toBe(404)
})

it('shows one model, and refuses to change one that is not there', async () => {
  await start({ 'shown/SHOWN-1': { label: 'shown' } }, { SERVERY_MODELS: 'shown=SHOWN-1' })
  const { status, body } = await call('GET', '/v1/repository/shown')
  expect([status, body]).toEqual([200, expect.objectContaining({ name: 'shown', default: 'SHOWN-1' })])
  for (const [method, route] of [
    ['GET', 'missing'],
    ['DELETE', 'missing/canary'],
    ['DELETE', 'missing/shadow'],
  ] as const) {
    const reply = await call(method, `/v1/repository/${route}`)
    expect([reply.status, reply.body.code]).toEqual([404, 'MODEL_NOT_FOUND'])
  }
})

it('asks for a default where a model has several versions and none', async () => {
  await start({ 'two/TWO-1': { label: 'one' }, 'two/TWO-2': { label: 'two' } })
  const { status, body } = await ask('two')
  expect([status, body.detail]).toEqual([404, 'two has several versions and no default: name one, or set the default.'])
  expect(labelsOf(await ask('two/TWO-2'))).toEqual(['two'])
  expect((await setDefault('two', 'TWO-2')).status).toBe(200)
  expect(labelsOf(await ask('two'))).toEqual(['two'])
})

it('refuses names that lead out of the repository', async () => {
  await start({ 'in/IN-1': { label: 'in' } })
  for (const place of ['..%2Fin/IN-1', 'in/IN-1%2F..%2FIN-1', '%00/IN-1', '__proto__/constructor'])
    expect((await ask(place)).status).toBe(404)
})

it('writes model, version and role of every call to the log', async () => {
  await start(
    { 'role/ROLE-1': { label: 'one' }, 'role/ROLE-2': { label: 'two' } },
    { SERVERY_MODELS: 'role=ROLE-1,role=ROLE-2' },
  )
  await call('PUT', '/v1/repository/role/canary', { version: 'ROLE-2', share: 0 })
  expect(labelsOf(await ask('role'))).toEqual(['one'])
  expect(labelsOf(await ask('role', ['x'], { 'x-canary': 'true' }))).toEqual(['two'])
  expect(labelsOf(await ask('role/ROLE-2'))).toEqual(['two'])
  const { log } = server as ServedProcess
  const lines = () => log.filter(({ msg }) => msg === 'request')
  for (let i = 0; i < 500 && lines().length < 3; i += 1) await pause(20)
  const roles = lines().map(({ model, version, role }) => [model, version, role])
  expect(roles).toEqual([
    ['role', 'ROLE-1', 'default'],
    ['role', 'ROLE-2', 'canary'],
    ['role', 'ROLE-2', 'named'],
  ])
})

it('lets a shadow answer copies, and counts how they compare', async () => {
  await start(
    { 'copy/COPY-1': { label: 'same' }, 'copy/COPY-2': { label: 'same', failsOn: 'odd' } },
    { SERVERY_MODELS: 'copy=COPY-1,copy=COPY-2' },
  )
  await call('PUT', '/v1/repository/copy/shadow', { version: 'COPY-2' })
  for (const content of ['even', 'odd', 'even']) expect(labelsOf(await ask('copy', [content]))).toEqual(['same'])
  const compared = () => (server as ServedProcess).metric('servery_compared_calls_total')
  for (let i = 0; i < 500 && (await compared()) < 3; i += 1) await pause(20)
  const text = await (await fetch(`${server?.url}/metrics`)).text()
  const counts = [
    ...text.matchAll(/servery_compared_calls_total\{.*model_version="COPY-2",role="shadow",result="(\w+)"\} (\d)/g),
  ]
  expect(counts.map(([, result, count]) => [result, count]).sort()).toEqual([
    ['different', '1'],
    ['same', '2'],
  ])
})
