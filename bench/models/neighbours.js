// node bench/models/neighbours.js: the latency of a model that is asked five times a second, alone and beside keywords at saturation,
// on the same workers; and how long a batch of keywords takes. Alone and beside take turns.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { figure } from '../figures.js'
import { quantile, round } from '../server.js'
import { connect, predictRoute, readMetrics } from './client.js'
import { copyVersions, newRepository, startHost, writeLabels } from './host/repository.js'
import { report } from './report.js'

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const SECONDS = Number(process.env.SECONDS ?? 20)
/** Closed loop of the busy model: enough that it always has work waiting. */
const CONNECTIONS = 64
const REQUESTS_PER_SECOND = 5
/** From the start of the busy clients to the first measurement. */
const WARM_UP_MS = 5_000
/** More than the busy model answers in a round. */
const TEXTS = 100_000
const TEXT = 'Marta Oyelaran joined Northwind Rail in Lisbon last spring.'
const BODIES = {
  ner: { configuration: { language: 'en' }, inputs: [{ content: TEXT }] },
  labels: { inputs: [{ content: TEXT }] },
}

const repository = newRepository()
const [busy] = copyVersions(repository, 'keywords', 1)
const quiet = { ner: copyVersions(repository, 'ner', 1)[0], labels: writeLabels(repository, 'labels', 1)[0] }
const loaded = { keywords: busy, ...quiet }
const server = await startHost(Object.keys(loaded), {
  SERVERY_MODEL_REPOSITORY: repository,
  SERVERY_MODELS: Object.entries(loaded)
    .map((pair) => pair.join('='))
    .join(','),
})
const client = connect(server.url, 100)
const rows = []
for (const model of Object.keys(BODIES)) await measure(model)
client.close()
await server.stop()
report('neighbours', { rounds: ROUNDS, seconds: SECONDS, connections: CONNECTIONS }, rows)

async function measure(model) {
  const [alone, beside] = [[], []]
  /** What the metrics say of each round beside the busy model. */
  const rounds = []
  for (let i = 0; i < ROUNDS; i++) {
    alone.push(...(await latencies(model)))
    const crowd = await startBusyClients()
    const before = await readMetrics(server.url)
    beside.push(...(await latencies(model)))
    const figures = compare(model, before, await readMetrics(server.url))
    rounds.push(figures)
    await crowd.stop()
    console.log(
      `${model}, round ${i + 1} of ${ROUNDS}: p99 so far ${p99(alone)} ms alone, ${p99(beside)} ms beside; ${JSON.stringify(figures)}`,
    )
  }
  const each = (field) => rounds.map((figures) => figures[field])
  const goal = round(3 * p99(alone) + quantile(each('batchMs'), 0.5))
  const at = (values, q) => [round(quantile(values, q))]
  const name = `${model} beside keywords at saturation`
  rows.push(
    figure(`${model}, ${REQUESTS_PER_SECOND} requests a second, alone: p50 in ms`, at(alone, 0.5)),
    figure(`${name}: p50 in ms`, at(beside, 0.5)),
    figure(`${model} alone: p99 in ms`, at(alone, 0.99)),
    figure(`${name}: p99 in ms (goal: 3 × alone + one batch of keywords)`, at(beside, 0.99), goal, true),
    figure(`${name}: ms that a request waits for a worker, mean of a round`, each('queueMs')),
    figure(`keywords beside ${model}: ms of a batch, mean of a round`, each('batchMs')),
    figure(`keywords beside ${model}: 99 % of the batches take at most so many ms`, each('slowBatchMs')),
    figure(`keywords beside ${model}: texts a second`, each('texts')),
  )
}

function compare(model, before, after) {
  const grown = (name, label) => after.sum(`servery_${name}`, label) - before.sum(`servery_${name}`, label)
  const meanMs = (name, label) => (1_000 * grown(`${name}_sum`, label)) / grown(`${name}_count`, label)
  const [busy, own] = ['model="keywords"', `model="${model}"`]
  return {
    batchMs: round(meanMs('inference_duration_seconds', busy)),
    slowBatchMs: slowestMs('servery_inference_duration_seconds', busy, before, after),
    queueMs: round(meanMs('queue_duration_seconds', own)),
    texts: round(grown('batch_items_sum', busy) / SECONDS),
  }
}

/** The bound of the histogram that 99 % of the observations between two moments do not exceed. */
function slowestMs(name, label, before, after) {
  const earlier = before.buckets(name, label)
  const counts = after.buckets(name, label).map(({ bound, count }, i) => ({ bound, count: count - earlier[i].count }))
  return 1_000 * counts.find(({ count }) => count >= 0.99 * counts.at(-1).count).bound
}

/** At a fixed rate, whether the answers before have come or not. @returns milliseconds of each answer */
async function latencies(model) {
  const count = SECONDS * REQUESTS_PER_SECOND
  const startedAt = performance.now()
  const answers = []
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, startedAt + (i * 1_000) / REQUESTS_PER_SECOND - performance.now()))
    answers.push(client.answer(predictRoute(model), BODIES[model]))
  }
  return (await Promise.all(answers)).map(({ ms }) => ms)
}

async function startBusyClients() {
  const script = path.join(import.meta.dirname, '../engine/client.js')
  const args = [`${server.url}${predictRoute('keywords')}`, 'short', String(TEXTS), String(CONNECTIONS), 'documents']
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  await pause(WARM_UP_MS)
  const stop = async () => {
    if (child.exitCode !== null) throw new Error('The clients of the busy model ended too early.')
    child.kill()
    await exited
  }
  return { stop }
}

function p99(values) {
  return round(quantile(values, 0.99))
}
