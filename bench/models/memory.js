// node bench/models/memory.js: what a further version of a small model takes: private memory of each worker, beside what the server
// reports; by how much it grows with requests; and the time from the first request to its answer, which loads the version.
import { privateMegabytes } from '../engine/processes.js'
import { textsOf } from '../engine/texts.js'
import { figure } from '../figures.js'
import { connect, predictRoute } from './client.js'
import { copyVersions, moduleOf, newRepository, startHost, writeLabels } from './host/repository.js'
import { report } from './report.js'

const VERSIONS = Number(process.env.VERSIONS ?? 20)
/** Texts for each version, after which its memory is measured again. */
const TEXTS = 200
const CONNECTIONS = 8
const BODIES = {
  keywords: (text) => ({ inputs: [{ document: text }] }),
  ner: (text) => ({ inputs: [{ content: text }], configuration: { language: 'en' } }),
  labels: (text) => ({ inputs: [{ content: text }] }),
}
const texts = textsOf('mixed', TEXTS)

const rows = []
for (const model of Object.keys(BODIES)) await measure(model)
report('memory', { versions: VERSIONS }, rows)

async function measure(model) {
  const repository = newRepository()
  const versions =
    model === 'labels' ? writeLabels(repository, model, VERSIONS) : copyVersions(repository, model, VERSIONS)
  const environment = { SERVERY_MODEL_REPOSITORY: repository, SERVERY_CONTROL_API: 'true' }
  await measureMemory(model, versions, environment)
  await measureDemand(model, versions, environment)
}

/** Loads one version after the other into every worker. */
async function measureMemory(model, versions, environment) {
  const server = await startHost({ [model]: moduleOf(model) }, environment)
  const client = connect(server.url, CONNECTIONS)
  const [measured, reported] = [[], []]
  let before
  for (const version of versions) {
    await client.answer(`/v1/repository/${model}/versions/${version}/load`, undefined)
    const now = workersOf(server)
    // The first version brings the runtime with it.
    if (before) {
      measured.push((sum(now) - sum(before)) / now.length)
      reported.push(await reportedMegabytes(client, model, version))
    }
    before = now
  }
  for (const version of versions)
    await Promise.all(texts.map((text) => client.answer(predictRoute(model, version), BODIES[model](text))))
  const growth = (sum(workersOf(server)) - sum(before)) / before.length / versions.length
  client.close()
  await server.stop()
  console.log(`${model}: by version, MB measured ${measured.map(rounded)}; reported ${reported.map(rounded)}`)
  rows.push(
    figure(`${model}: private MB of a further version in each worker`, measured),
    figure(`${model}: the same as reported by /v1/repository`, reported),
    figure(`${model}: private MB by which a version grows in each worker with ${TEXTS} texts`, [growth]),
  )
  // The other versions take so little that what other work of a worker takes is more.
  if (model !== 'labels')
    rows.push(
      figure(`${model}: reported over measured, all further versions together`, [sum(reported) / sum(measured)]),
    )
}

async function measureDemand(model, versions, environment) {
  const server = await startHost({ [model]: moduleOf(model) }, environment)
  const client = connect(server.url, 1)
  const times = []
  for (const version of versions)
    times.push((await client.answer(predictRoute(model, version), BODIES[model](texts[0]))).ms)
  client.close()
  await server.stop()
  const [first, ...further] = times
  rows.push(
    figure(`${model}: first version of a server, loaded on demand: ms to first answer`, [first]),
    figure(`${model}: a further version, loaded on demand: ms to first answer`, further),
  )
}

function workersOf(server) {
  const [, ...workers] = server.pids()
  return workers.map(privateMegabytes)
}

async function reportedMegabytes(client, model, version) {
  const { models } = await client.get('/v1/repository')
  const found = models.find(({ name }) => name === model).versions.find((each) => each.version === version)
  return found.memory_bytes / found.workers / 1e6
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0)
}

function rounded(value) {
  return value.toFixed(1)
}
