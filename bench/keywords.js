// `make bench`: measures how long keywords takes to start and to answer one 100-word document with default settings. Prints the figures and checks the goals.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { machine, quantile, round, startServer } from './server.js'

const GOALS = { start_to_ready_s: 3, document_p50_ms: 100 }
const STARTS = 5
const REQUESTS = 200
/** A document of 100 words, a new one each time, so that the cache of phrases does not help. */
const document = (n) =>
  Array.from({ length: 100 }, (_, i) => WORDS[(i * 7 + n * 13) % WORDS.length] + (i % 4 === 0 ? `${n}${i}` : '')).join(
    ' ',
  )
const WORDS =
  'harbour turbine council orchestra vaccine symphony irrigation festival library monastery power storm winter farmer river children trial antibody summer music'.split(
    ' ',
  )

const starts = []
for (let i = 0; i < STARTS; i++) {
  const server = await startServer('keywords')
  starts.push(server.seconds)
  if (i === STARTS - 1) await report(server)
  await server.stop()
}

async function report(server) {
  const latencies = []
  for (let n = 0; n < REQUESTS; n++) {
    const startedAt = performance.now()
    const response = await fetch(`${server.url}/v1/model/keywords/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: [{ document: document(n) }] }),
    })
    await response.json()
    latencies.push(performance.now() - startedAt)
  }
  const figures = {
    start_to_ready_s: round(quantile(starts, 0.5)),
    start_to_ready_slowest_s: round(quantile(starts, 1)),
    document_p50_ms: round(quantile(latencies, 0.5)),
    document_p99_ms: round(quantile(latencies, 0.99)),
  }
  writeFileSync(
    path.join(import.meta.dirname, 'keywords.json'),
    `${JSON.stringify({ machine, goals: GOALS, figures }, null, 2)}\n`,
  )
  console.table(figures)
  const missed = Object.entries(GOALS).filter(([name, goal]) => figures[name] > goal)
  for (const [name, goal] of missed) console.error(`${name} is ${figures[name]}, the goal is ${goal}`)
  process.exitCode = missed.length > 0 ? 1 : 0
}
