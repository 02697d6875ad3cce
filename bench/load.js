// `make bench.load`: the load suite beside oha, an independent tool: the same request at the same fixed rate, half of what the
// server of keywords can do, in turns. `cargo install oha --locked` brings oha; OHA names it where it is not on the path.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { runLoad } from '../libs/load-testing/dist/load-run.js'
import { machine, quantile, startServer } from './server.js'
import { writeTable } from './table.js'

const ROUNDS = 3
const SECONDS = 20
const OHA = process.env.OHA || 'oha'
if (spawnSync(OHA, ['--version']).status !== 0) {
  console.error(`${OHA} cannot be run: install it by \`cargo install oha --locked\`, or set OHA to where it is.`)
  process.exit(2)
}

const server = await startServer('keywords').catch(fail)
const path = '/v1/model/keywords/predict'
const body = JSON.stringify({
  inputs: [{ document: 'Tidal turbines in the bay now power the harbour town through winter storms.' }],
})
const exchange = { method: 'POST', path, body }

await ours({ loop: 'closed', connections: 4, mix: { recorded: 1 } }, 3) // warm
const capacity = (await ours({ loop: 'closed', connections: 4, mix: { recorded: 1 } }, 10)).count / 10
const rate = Math.round(capacity / 2)
console.log(`${Math.round(capacity)} requests per second at most; each tool sends ${rate} a second.`)

const sides = { servery: [], oha: [] }
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, measure] of [
    ['servery', () => ours({ loop: 'open', perSecond: rate, mix: { recorded: 1 } }, SECONDS)],
    ['oha', oha],
  ]) {
    const before = await answered()
    const result = await measure()
    const seen = (await answered()) - before
    console.log(
      `${name}: p50 ${result.p50.toFixed(2)} ms, p99 ${result.p99.toFixed(2)} ms, ${result.count} requests, ${seen} answered by the server`,
    )
    sides[name].push({ ...result, seen })
  }
}
await server.stop()

const median = (name, field) =>
  quantile(
    sides[name].map((side) => side[field]),
    0.5,
  )
const exact = (name) => sides[name].every(({ count, seen }) => count === seen)
const row = (name) => [
  name,
  `${median(name, 'p50').toFixed(2)} ms`,
  `${median(name, 'p99').toFixed(2)} ms`,
  sides[name].map(({ count }) => count).join(', '),
  exact(name) ? 'all' : sides[name].map(({ seen }) => seen).join(', '),
]
const ratio = (field) => (median('servery', field) / median('oha', field)).toFixed(2)
writeTable(
  'load',
  `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}: ${rate} requests per second, half of what the server can do, ${ROUNDS} times ${SECONDS} s each, in turns; medians.`,
  ['tool', 'p50', 'p99', 'requests it counted', 'of them seen by the server'],
  [row('servery'), row('oha'), ['servery / oha', ratio('p50'), ratio('p99'), '', '']],
)

const [p50, p99] = ['p50', 'p99'].map((field) => Math.abs(Number(ratio(field)) - 1))
if (p50 > 0.1 || p99 > 0.25 || !exact('servery') || !exact('oha')) fail('The goals of bench/README.md are missed.')

/** Nothing is ramped or warmed up, so that every request that the server sees counts. */
async function ours(group, seconds) {
  const { recorder } = await runLoad({
    url: server.url,
    sources: { bio: [], recorded: [exchange], corpus: [] },
    users: [group],
    rampUpSeconds: 0,
    warmUpSeconds: 0,
    seconds,
    seed: 1,
    signal: new AbortController().signal,
  })
  if (recorder.failures > 0) fail(`${recorder.failures} requests failed.`)
  const { histogram } = recorder.endpoints.get(`POST_${path}`)
  const ms = (percentile) => histogram.getValueAtPercentile(percentile) / 1_000
  return { p50: ms(50), p99: ms(99), count: recorder.total }
}

/** Latency from the intended time; as many connections as a stall could need. */
async function oha() {
  const options = ['--no-tui', '--output-format', 'json', '--latency-correction', '-c', '64']
  const request = ['-m', 'POST', '-T', 'application/json', '-d', body]
  const { stdout } = await promisify(execFile)(
    OHA,
    [...options, '-q', String(rate), '-n', String(rate * SECONDS), ...request, server.url + path],
    { maxBuffer: 2 ** 26 },
  )
  const { latencyPercentiles, statusCodeDistribution } = JSON.parse(stdout)
  return {
    p50: latencyPercentiles.p50 * 1_000,
    p99: latencyPercentiles.p99 * 1_000,
    count: statusCodeDistribution['200'] ?? 0,
  }
}

/** Requests that the server has answered with 200. */
async function answered() {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith('servery_requests_total{') && line.includes('status="200"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

function fail(error) {
  console.error(error)
  process.exit(1)
}
