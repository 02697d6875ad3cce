/**
 * Death, stalls, overload, leaving callers, drains and rollouts under load, on the artifact of keywords in real worker processes, which
 * host two other models meanwhile.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ServedProcess, serveProcess } from '@servery/testkit'
import { newRepository } from '../fixtures/labels/versions.ts'
import { type Case, Client, Counts, percentile, post } from './client.ts'
import { firstLine, halfClosed, sendHostile, stuckConnections } from './hostile.ts'
import { Neighbours, STEADY_AT_START, writeNeighbours } from './neighbours.ts'
import { isLong, report } from './report.ts'

const FIXTURES = path.join(import.meta.dirname, '../fixtures/chaos')
const ARTIFACT = path.join(import.meta.dirname, '../../../../projects/keywords/serve/models/KEYWORDS-COMPILED-1')
const [VERSION, NEXT_VERSION] = ['KEYWORDS-COMPILED-1', 'KEYWORDS-COMPILED-1-NEXT']
const CONNECTIONS = 16
/**
 * What waits longest in a full queue, over what that queue is worth at the rate of answers: on average that is 1 (Little's law), and
 * 1.7 to 2 at p99, because batches are of like length and not in order of arrival.
 */
const LATEST_OVER_AVERAGE = 3
const PROBES = ['/v1/live', '/v1/ready', '/metrics']

const repository = newRepository()
let server: ServedProcess
let client: Client
let neighbours: Neighbours | undefined
/** What may happen to the neighbours in this test. */
let tolerated: readonly string[] = []

/** Two versions of the same artifact, and the neighbours. */
beforeAll(() => {
  mkdirSync(path.join(repository, 'keywords'))
  for (const version of [VERSION, NEXT_VERSION]) symlinkSync(ARTIFACT, path.join(repository, 'keywords', version))
  writeNeighbours(repository)
})
afterAll(() => rmSync(repository, { recursive: true }))

interface StartOptions {
  readonly environment?: Record<string, string>
  /** Whether a neighbour is loaded and unloaded meanwhile. */
  readonly changes?: boolean
  readonly tolerates?: readonly string[]
}

async function start({ environment = {}, changes = true, tolerates = [] }: StartOptions = {}): Promise<void> {
  server = await serveProcess(path.join(FIXTURES, 'model-server.js'), {
    SERVERY_MODEL_REPOSITORY: repository,
    SERVERY_MODELS: `keywords=${VERSION},${STEADY_AT_START}`,
    SERVERY_CONTROL_API: 'true',
    SERVERY_NUM_WORKERS: '2',
    NODE_OPTIONS: `--import ${path.join(FIXTURES, 'plant-fault.js')}`,
    ...environment,
  })
  client = await Client.of(server.url)
  tolerated = tolerates
  neighbours = new Neighbours(server.url, changes)
}

/** What a load ends with if its worker is killed; it can be tried again. */
const KILLED_WHILE_LOADING = 'changing: 422 MODEL_LOAD_FAILED'
/** What comes after readiness has flipped. */
const WHILE_SHUTTING_DOWN: readonly string[] = ['steady', 'changing'].flatMap((name) => [
  `${name}: 503 SHUTTING_DOWN`,
  `${name}: broken`,
])

/** A server that does not end of itself has lost a request. */
async function stopServer(): Promise<void> {
  const stopped = server.stop()
  const timeout = setTimeout(() => process.kill(server.pid, 'SIGKILL'), 60_000)
  const status = await stopped
  clearTimeout(timeout)
  expect(status).toBe(0)
}

async function expectUnharmed(): Promise<void> {
  await neighbours?.stop()
  const harm = Object.entries(neighbours?.harm ?? {}).filter(([what]) => !tolerated.includes(what))
  expect(harm).toEqual([])
  expect(neighbours?.steady).toBeGreaterThan(0)
  if (neighbours?.changes && tolerated !== WHILE_SHUTTING_DOWN) expect(neighbours.rollovers).toBeGreaterThan(0)
}

afterEach(async () => {
  try {
    await expectUnharmed()
  } finally {
    await stopServer()
  }
})

/** Every request has its right answer. */
function expectFlawless(counts: Counts): void {
  expect({ sent: counts.sent, wrong: counts.wrong, other: counts.other }).toEqual({
    sent: counts.right,
    wrong: 0,
    other: {},
  })
}

/** Resident memory of a process. */
function memoryMb(pid: number): number {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m) as RegExpMatchArray
  return Math.round(Number(kilobytes) / 1_024)
}

function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** A metric of the model under test. */
const metric = (name: string): Promise<number> => server.metric(name, 'keywords')

async function until(name: string, value: number, model = 'keywords'): Promise<void> {
  for (let i = 0; i < 2_400 && (await server.metric(name, model)) < value; i++) await pause(50)
  expect(await server.metric(name, model)).toBe(value)
}

const untilWorkers = (count: number): Promise<void> => until('servery_workers', count)

/**
 * Resolves when both workers have loaded everything, and what was asked before is answered. Items of a worker that ended are run once
 * more: another one that ended before that would be their second.
 */
async function recovered(): Promise<void> {
  await untilWorkers(2)
  await until('servery_workers', 2, 'steady')
  await Promise.all([client.answered(), neighbours?.answered()])
}

it('a worker that is killed costs no request and no wrong answer', async () => {
  await start({ tolerates: [KILLED_WHILE_LOADING] })
  const kills = isLong ? 50 : 5
  let isOver = false
  const load = client.closedLoop(CONNECTIONS, () => isOver)
  for (let kill = 0; kill < kills; kill++) {
    await recovered()
    await pause(Math.random() * 300)
    const workers = server.workers()
    process.kill(workers[kill % workers.length] as number, 'SIGKILL')
    await until('servery_worker_restarts_total', kill + 1)
  }
  await untilWorkers(2)
  isOver = true
  const counts = await load
  expectFlawless(counts)
  expect(await metric('servery_worker_restarts_total')).toBe(kills)
  report('SIGKILL of a worker under load', `${kills} kills, ${counts.sent} requests, ${counts.right} right answers`)
})

it('an item that ends every worker it touches is refused, and its neighbours are answered', async () => {
  await start()
  const poisons = isLong ? 10 : 2
  let isOver = false
  const load = client.closedLoop(CONNECTIONS, () => isOver)
  for (let i = 0; i < poisons; i++) {
    await recovered()
    const { status, body } = await post(server.url, { inputs: [{ document: '!die' }] })
    expect([status, body.code]).toEqual([422, 'ITEM_REJECTED'])
    // Two deaths can leave no worker for a moment: then new requests are told so, and none is lost.
  }
  await untilWorkers(2)
  isOver = true
  const counts = await load
  expect(counts.wrong).toBe(0)
  const { '503 MODEL_NOT_READY': notReady = 0, ...others } = counts.other
  expect(others).toEqual({})
  expect(await metric('servery_worker_restarts_total')).toBe(2 * poisons)
  report(
    'Items that end their worker',
    `${poisons} sent, ${poisons} refused with 422 after two workers each; ${counts.right} right answers beside them, ${notReady} told 503 while no worker lived, 0 wrong`,
  )
})

it('a worker that hangs is ended at the limit, and what the other one is asked is answered', async () => {
  await start({ environment: { SERVERY_REQUEST_TIMEOUT_MS: '5000' } })
  const hung = post(server.url, { inputs: [{ document: '!spin 600000' }] })
  await pause(200)
  const until = performance.now() + 6_000
  const counts = await client.closedLoop(4, () => performance.now() > until)
  expect([(await hung).status, (await hung).body.code]).toEqual([504, 'DEADLINE_EXCEEDED'])
  expectFlawless(counts)
  await untilWorkers(2)
  report(
    'A worker that hangs',
    `ended at the limit with 504; ${counts.sent} requests beside it, ${counts.right} right answers`,
  )
})

it('twice the capacity: what is accepted is answered in time, the rest is told when to come back', async () => {
  // One worker, so that the client has a core of its own on a machine with two.
  await start({ environment: { SERVERY_MAX_QUEUE_ITEMS: '64', SERVERY_NUM_WORKERS: '1' } })
  const seconds = isLong ? 60 : 5
  const before = await peakRate()
  const [memory, logged] = [memoryMb(server.pid), server.log.length]
  const open = client.openLoop(2 * before, seconds)
  const probes: number[] = []
  let isOver = false
  const probing = (async () => {
    for (let i = 0; !isOver; i++) {
      const startedAt = performance.now()
      expect((await fetch(server.url + PROBES[i % PROBES.length])).status).toBe(200)
      probes.push(performance.now() - startedAt)
      await pause(50)
    }
  })()
  const counts = await open
  isOver = true
  await probing
  expect(counts.wrong).toBe(0)
  expect(Object.keys(counts.other)).toEqual(['429 OVERLOADED'])
  expect(counts.retryAfterMissing).toBe(0)
  // Of a machine whose speed drifts, the slower moment.
  const peak = Math.min(before, await peakRate())
  const bound = (64 / counts.right) * seconds * 1_000
  const inServer = server.log
    .slice(logged)
    .filter(({ msg, status }) => msg === 'request' && status === 429)
    .map(({ totalMs }) => Number(totalMs))
  const after = memoryMb(server.pid)
  // Times are held in the long run only, which is made by hand on a machine that does nothing else.
  if (isLong) {
    expect(percentile(counts.latencies, 0.99)).toBeLessThan(LATEST_OVER_AVERAGE * bound)
    expect(percentile(inServer, 0.99)).toBeLessThan(20)
    expect(counts.right / seconds).toBeGreaterThan(0.95 * peak)
    expect(percentile(probes, 0.99)).toBeLessThan(100)
    expect(after).toBeLessThan(2 * memory)
  }
  const p99 = (times: readonly number[]) => `p99 ${Math.round(percentile(times, 0.99))} ms`
  const average = counts.latencies.reduce((sum, each) => sum + each, 0) / counts.latencies.length
  const text = [
    `${counts.sent} requests in ${seconds} s at twice ${Math.round(before)} a second`,
    `${counts.right} right answers (${Math.round((100 * counts.right) / seconds / peak)} % of peak)`,
    `on average ${Math.round(average)} ms, ${p99(counts.latencies)}, with a queue that holds 64, which takes ${Math.round(bound)} ms at this rate`,
    `${counts.other['429 OVERLOADED']} refused with 429 and Retry-After, ${p99(inServer)} in the server, ${p99(counts.refusalLatencies)} as the client saw it`,
    `/v1/live, /v1/ready and /metrics ${p99(probes)}`,
    `memory of the API process ${memory} MB before, ${after} MB after`,
  ]
  report('Overload, open loop', text.join('; '))
})

/** Right answers per second of as many callers as keep a worker busy. */
async function peakRate(): Promise<number> {
  const end = performance.now() + 5_000
  return (await client.closedLoop(32, () => performance.now() > end)).right / 5
}

it('items of callers that leave never reach the model', async () => {
  await start({ changes: false }) // a worker that loads something holds nothing else
  const rounds = isLong ? 60 : 5
  const counts = new Counts()
  const msEach = await inferenceMsOfOne()
  let computed = await metric('servery_batch_items_sum')
  const before = computed
  let left = 0
  for (let round = 0; round < rounds; round++) {
    const holding = [1, 2].map(() => post(server.url, { inputs: [{ document: '!spin 1000' }] }))
    await pause(40)
    const leaving = new AbortController()
    const gone = Array.from({ length: 10 }, () => client.send(counts, leaving.signal))
    await pause(40)
    leaving.abort()
    await Promise.all([...gone, ...holding])
    left += 10
  }
  for (let i = 0; i < 600 && (await metric('servery_queue_items')) > 0; i++) await pause(50)
  computed = (await metric('servery_batch_items_sum')) - before
  const dropped = await metric('servery_dropped_items_total')
  expect(counts.other).toEqual({ left })
  expect([dropped, computed]).toEqual([left, 2 * rounds])
  report(
    'Callers that leave',
    `${left} left while queued, ${dropped} dropped before the model, 0 computed: ${((dropped * msEach) / 1_000).toFixed(1)} s of inference saved, at ${msEach.toFixed(1)} ms each`,
  )
})

/** Milliseconds that a worker takes for a request of the client, on average. */
async function inferenceMsOfOne(): Promise<number> {
  const sums = () =>
    Promise.all(['inference_duration_seconds', 'batch_items'].map((name) => metric(`servery_${name}_sum`)))
  const [seconds = 0, items = 0] = await sums()
  const end = performance.now() + 2_000
  await client.closedLoop(8, () => performance.now() > end)
  const [secondsAfter = 0, itemsAfter = 0] = await sums()
  return (1_000 * (secondsAfter - seconds)) / (itemsAfter - items)
}

it('SIGTERM under load: every accepted request is answered, and the server ends with 0', async () => {
  const rounds = isLong ? 10 : 2
  const all = new Counts()
  let answered = 0
  for (let round = 0; round < rounds; round++) {
    await start({ tolerates: WHILE_SHUTTING_DOWN })
    let isOver = false
    const load = client.closedLoop(CONNECTIONS, () => isOver, all)
    await pause(500)
    const accepted = Array.from({ length: 6 }, () => post(server.url, { inputs: [{ document: '!spin 200' }] }))
    await pause(Math.random() * 200 + 200)
    await stopServer()
    await expectUnharmed()
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual(accepted.map(() => 200))
    isOver = true
    await load
    const withStatus = (wanted: number) =>
      server.log.filter((line) => line.msg === 'request' && line.status === wanted && line.model === 'keywords')
    // 408 is an accepted request whose connection ended before its answer was written.
    expect(withStatus(408)).toEqual([])
    const lines = withStatus(200)
    answered += lines.length - client.cases.length - accepted.length
  }
  expect(all.wrong).toBe(0)
  // After readiness has flipped a caller is told so, or comes too late to be heard. Nothing that was accepted is lost.
  const { '503 SHUTTING_DOWN': told = 0, broken = 0, ...others } = all.other
  expect(others).toEqual({})
  expect(all.right).toBeGreaterThan(0)
  expect(all.right).toBe(answered)
  report(
    'SIGTERM under load',
    `${rounds} drains, exit 0 each; ${all.right} right answers, ${told} told 503 SHUTTING_DOWN, ${broken} came too late to be heard, 0 wrong`,
  )
})

it('a new version is rolled out under load without a failed request or a mixed answer', async () => {
  await start()
  let isOver = false
  const versions = new Set<string>()
  const counts = { sent: 0, mixed: 0, failed: 0 }
  const loop = async () => {
    while (!isOver) {
      counts.sent += 1
      const inputs = Array.from({ length: 4 }, (_, i) => ({ document: `!version ${i}` }))
      const { status, body, version } = await post(server.url, { inputs })
      const said = (body.outputs as { predicted_document: { keyword_token: string }[] }[] | undefined)?.map(
        (output) => output.predicted_document[0]?.keyword_token,
      )
      if (status !== 200) counts.failed += 1
      else if (said?.some((one) => one !== version)) counts.mixed += 1
      versions.add(String(version))
    }
  }
  const load = Promise.all([...Array.from({ length: 8 }, loop), client.closedLoop(8, () => isOver)])
  await pause(1_000)
  let isRolledOut = false
  const rolling = rollOut(NEXT_VERSION, VERSION).finally(() => {
    isRolledOut = true
  })
  for (; !isRolledOut; await pause(50)) expect((await fetch(`${server.url}/v1/ready`)).status).toBe(200)
  expect(await rolling).toEqual([200, 200, 200])
  // Of the version that is gone nothing is left to count.
  expect(await metric('servery_workers')).toBe(2)
  await pause(1_000)
  isOver = true
  const beside = (await load).at(-1) as Counts
  expect(counts).toEqual({ sent: counts.sent, mixed: 0, failed: 0 })
  expectFlawless(beside)
  expect([...versions]).toEqual([VERSION, NEXT_VERSION])
  report(
    'Rollout under load',
    `${counts.sent + beside.sent} requests across the switch, 0 failed, 0 with two versions in one answer`,
  )
})

/** Loads the next version, makes it the default and unloads the one before. @returns the statuses */
async function rollOut(next: string, before: string): Promise<number[]> {
  const call = async (method: string, route: string, body?: object) => {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return (await fetch(`${server.url}/v1/repository/keywords/${route}`, { method, ...content })).status
  }
  return [
    await call('POST', `versions/${next}/load`),
    await call('PUT', 'default', { version: next }),
    await call('POST', `versions/${before}/unload`),
  ]
}

it('hostile callers cost the others nothing', async () => {
  await start()
  const [idle, stuck, rounds] = isLong ? [3_000, 50, 20] : [500, 50, 2]
  const memory = memoryMb(server.pid)
  const connections = stuckConnections(server.url, idle, stuck)
  const told = Promise.all(connections.slice(idle).map(firstLine))
  let isOver = false
  const load = client.closedLoop(4, () => isOver)
  for (let round = 0; round < rounds; round++) {
    expect(await sendHostile(server.url)).toEqual([])
    const { request } = client.cases[round] as Case
    // A caller that has closed its side cannot be told from one that has left.
    expect(await halfClosed(server.url, request)).toBe('')
  }
  isOver = true
  const counts = await load
  expectFlawless(counts)
  // Half a request is waited for longer than the short run takes.
  if (isLong) expect(new Set(await told)).toEqual(new Set(['HTTP/1.1 408 Request Timeout']))
  for (const socket of connections) socket.destroy()
  await pause(isLong ? 5_000 : 500)
  report(
    'Hostile callers',
    `${idle} idle and ${stuck} stuck connections, bombs, broken bodies and half-closed sockets; ${counts.sent} requests beside them, ${counts.right} right answers; memory of the API process ${memory} MB before, ${memoryMb(server.pid)} MB after`,
  )
})

/** All of the above at a low rate, for long: what is taken is given back. */
it('memory and open files stay as they were while callers come, leave and mean harm', async () => {
  await start({ tolerates: [KILLED_WHILE_LOADING] })
  const seconds = isLong ? 600 : 10
  const counts = new Counts()
  const leaving = new Counts()
  const endsAt = performance.now() + seconds * 1_000
  const load = client.closedLoop(2, () => performance.now() > endsAt, counts)
  let first = [0, 0]
  let deaths = 0
  for (let round = 0; performance.now() < endsAt; round++) {
    await recovered()
    process.kill(server.workers()[round % 2] as number, 'SIGKILL')
    deaths += 1
    await until('servery_worker_restarts_total', deaths)
    const gone = new AbortController()
    const left = Array.from({ length: 10 }, () => client.send(leaving, gone.signal))
    gone.abort()
    await Promise.all(left)
    expect(await sendHostile(server.url)).toEqual([])
    for (const socket of stuckConnections(server.url, 20, 4)) setTimeout(() => socket.destroy(), 500)
    await pause(isLong ? 5_000 : 1_000)
    // The first tenth fills caches and grows heaps.
    if (round === 0 || performance.now() < endsAt - seconds * 900) first = [memoryMb(server.pid), openFiles(server.pid)]
  }
  await load
  await untilWorkers(2)
  await pause(1_000)
  expectFlawless(counts)
  expect(leaving.wrong).toBe(0)
  const last = [memoryMb(server.pid), openFiles(server.pid)] as const
  // Heaps grow and shrink; a leak of one file for each round would show, while a few connections come and go.
  expect(last[0]).toBeLessThan(2 * (first[0] as number))
  expect(last[1] - (first[1] as number)).toBeLessThan(10)
  report(
    'Soak',
    `${seconds} s with ${deaths} kills, leavers and hostile callers: ${counts.sent} requests, ${counts.right} right answers; API process after a tenth of it and at the end: ${first[0]} and ${last[0]} MB, ${first[1]} and ${last[1]} open files`,
  )
})
