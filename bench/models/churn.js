// node bench/models/churn.js: random requests to 300 versions of a model in a server with room for some 30: answers of the wrong
// version, failures, loads per second, and whether the memory of the server stays the same.
import { setTimeout as pause } from 'node:timers/promises'
import { cpuSeconds, privateMegabytes } from '../engine/processes.js'
import { generator } from '../engine/texts.js'
import { figure } from '../figures.js'
import { quantile, round } from '../server.js'
import { connect, predictRoute, readMetrics } from './client.js'
import { labelOf, newRepository, startHost, writeLabels } from './host/repository.js'
import { report } from './report.js'

const REQUESTS = Number(process.env.REQUESTS ?? 20_000)
const MODELS = 30
const VERSIONS_PER_MODEL = 10
const BALLAST_BYTES = 4 * 2 ** 20
/** Room for about 30 versions. */
const MEMORY_BYTES = 32 * BALLAST_BYTES
const CONNECTIONS = 8
const SAMPLE_INTERVAL_MS = 1_000

const repository = newRepository()
const places = Array.from({ length: MODELS }, (_, i) => `model-${i + 1}`).flatMap((model) =>
  writeLabels(repository, model, VERSIONS_PER_MODEL, BALLAST_BYTES).map((version) => ({ model, version })),
)
const server = await startHost(['labels'], {
  SERVERY_MODEL_REPOSITORY: repository,
  SERVERY_MODEL_MEMORY_BYTES: String(MEMORY_BYTES),
})
const client = connect(server.url, CONNECTIONS)
const random = generator(1)
const failures = new Map()
const latencies = []
/** Megabytes of the API process and of the workers, over time. */
const samples = []
let [sent, answered, wrong] = [0, 0, 0]

const startedAt = performance.now()
await Promise.all([sampleMemory(), ...Array.from({ length: CONNECTIONS }, askAll)])
const seconds = (performance.now() - startedAt) / 1_000
const metrics = await readMetrics(server.url)
const cpuUsed = cpuSeconds(server.pids())
const loaded = metrics.sum('servery_model_loads_total', 'result="loaded"')
client.close()
await server.stop()

const third = Math.floor(samples.length / 3)
const [first, last] = [samples.slice(0, third), samples.slice(-third)]
const total = (some) => some.map(({ api, workers }) => api + workers)
const middle = (values) => quantile(values, 0.5)
console.log(
  `${answered} answers in ${round(seconds)} s; failures by code: ${JSON.stringify(Object.fromEntries(failures))}`,
)
for (const [name, some] of Object.entries({ first, last }))
  console.log(
    `${name} third: API ${round(middle(some.map(({ api }) => api)))} MB, workers ${round(middle(some.map(({ workers }) => workers)))} MB`,
  )
const failed = [...failures.values()].reduce((a, b) => a + b, 0)
report('churn', { requests: REQUESTS, failures: Object.fromEntries(failures), seconds: round(seconds) }, [
  figure(`${places.length} versions, room for 30: wrong answers of ${REQUESTS}`, [wrong], 0, true),
  figure('The same: failures', [failed], 0, true),
  figure('The same: loads per second', [loaded / seconds]),
  figure('The same: CPU milliseconds of all processes for each load', [(1_000 * cpuUsed) / loaded]),
  figure('The same: ms of an answer, load included', latencies),
  figure('The same: private MB of all processes, first third of the time', total(first)),
  figure('The same: private MB of all processes, last third', total(last)),
  figure('The same: last third over first', [middle(total(last)) / middle(total(first))], 1.05, true),
])

async function askAll() {
  while (sent < REQUESTS) {
    sent += 1
    const { model, version } = places[Math.floor(random() * places.length)]
    const { status, body, ms } = await client.post(predictRoute(model, version), { inputs: { content: 'x' } })
    answered += 1
    if (answered % 1_000 === 0) console.log(`${answered} of ${REQUESTS} answers, ${wrong} wrong`)
    if (status !== 200) failures.set(body.code, (failures.get(body.code) ?? 0) + 1)
    else if (body.outputs !== labelOf(model, version)) wrong += 1
    if (status === 200) latencies.push(ms)
  }
}

async function sampleMemory() {
  while (answered < REQUESTS) {
    const [api, ...workers] = server.pids().map(privateMegabytes)
    samples.push({ api, workers: workers.reduce((a, b) => a + b, 0) })
    await pause(SAMPLE_INTERVAL_MS)
  }
}
