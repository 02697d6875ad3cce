// `make bench.load`: checks the load suite against a server with known latencies, then against oha, an independent tool. Both send the
// same request at the same fixed rate, half of what the server of keywords can do, in turns. OHA names oha where it is not
// on the path; `cargo install oha --locked` brings it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { machine, quantile, startServer } from '../server.js'
import { writeTable } from '../table.js'
import { byOha, byServery } from './measure.js'

const ROUNDS = 3
const SECONDS = 20
const KNOWN_PER_SECOND = 200
const OHA = process.env.OHA || 'oha'
/** From least to most; times in milliseconds. */
const GOALS = { steadyP50: [4.5, 5.5], stalledP99: [800, 1_100], p50OverOha: [0.9, 1.1], p99OverOha: [0.75, 1.25] }
const setup = `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}`
if (spawnSync(OHA, ['--version']).status !== 0) {
  console.error(`${OHA} cannot be run: install it by \`cargo install oha --locked\`, or set OHA to where it is.`)
  process.exit(2)
}

const reached = [...(await knownTimes()), ...(await besideOha())]
if (reached.includes(false)) {
  console.error('The goals of bench/README.md are missed.')
  process.exit(1)
}

/** Every answer takes 5 ms; in the last run the server stalls for a second half-way. */
async function knownTimes() {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'steady-server.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout, 'data')
  const origin = `http://127.0.0.1:${String(port).trim()}`
  const exchange = { method: 'POST', path: '/', body: '{}' }
  const sides = {
    servery: () => byServery(origin, exchange, { loop: 'open', perSecond: KNOWN_PER_SECOND }, SECONDS / 2),
    oha: () => byOha(OHA, origin, exchange, KNOWN_PER_SECOND, SECONDS / 2),
  }
  await sides.servery() // warm
  const results = await inTurns(sides)
  const [stalled] = await Promise.all([sides.servery(), pause(250 * SECONDS).then(() => fetch(`${origin}/stall`))])
  child.kill()
  console.log('with a stall of 1 s:', stalled)
  const steady = median(results.servery, 'p50')
  const cell = (ms, goal) => `${ms.toFixed(2)} ms${goal ? missed(ms, goal) : ''}`
  writeTable(
    'known',
    `${setup}: ${KNOWN_PER_SECOND} requests per second, ${ROUNDS} times ${SECONDS / 2} s, in turns; medians. The stall once.`,
    ['server', 'p50', 'p99'],
    [
      ['always 5 ms', cell(steady, GOALS.steadyP50), cell(median(results.servery, 'p99'))],
      ['always 5 ms, as oha sees it', cell(median(results.oha, 'p50')), cell(median(results.oha, 'p99'))],
      ['5 ms, and one stall of 1 s', cell(stalled.p50), cell(stalled.p99, GOALS.stalledP99)],
    ],
  )
  return [
    said('p50 of a server that takes 5 ms', steady, GOALS.steadyP50),
    said('p99 with a stall of 1 s', stalled.p99, GOALS.stalledP99),
  ]
}

async function besideOha() {
  const server = await startServer('keywords')
  const document = 'Tidal turbines in the bay now power the harbour town through winter storms.'
  const exchange = {
    method: 'POST',
    path: '/v1/model/keywords/predict',
    body: JSON.stringify({ inputs: [{ document }] }),
  }
  const closed = { loop: 'closed', connections: 4 }
  await byServery(server.url, exchange, closed, 3) // warm
  const capacity = (await byServery(server.url, exchange, closed, 10)).count / 10
  const perSecond = Math.round(capacity / 2)
  console.log(`${Math.round(capacity)} requests per second at most; each tool sends ${perSecond} a second.`)
  const sides = {
    servery: () => byServery(server.url, exchange, { loop: 'open', perSecond }, SECONDS),
    oha: () => byOha(OHA, server.url, exchange, perSecond, SECONDS),
  }
  const results = await inTurns(sides, () => answered(server.url))
  await server.stop()
  return compared(results, perSecond)
}

/** @param seenSoFar requests that the server has answered; what a side was seen to send is in its results */
async function inTurns(sides, seenSoFar = () => 0) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, measure] of Object.entries(sides)) {
      const before = await seenSoFar()
      const result = await measure()
      results[name].push({ ...result, seen: (await seenSoFar()) - before })
      console.log(name, results[name].at(-1))
    }
  }
  return results
}

function median(results, field) {
  return quantile(
    results.map((result) => result[field]),
    0.5,
  )
}

function compared(results, perSecond) {
  const values = (name, field) => results[name].map((result) => result[field])
  const isExact = (name) => results[name].every(({ count, seen }) => count === seen)
  const ratio = (field) => median(results.servery, field) / median(results.oha, field)
  const compare = (field, goal) => `${ratio(field).toFixed(2)}${missed(ratio(field), goal)}`
  const row = (name) => [
    name,
    `${median(results[name], 'p50').toFixed(2)} ms`,
    `${median(results[name], 'p99').toFixed(2)} ms`,
    values(name, 'count').join(', '),
    isExact(name) ? 'all' : values(name, 'seen').join(', '),
  ]
  writeTable(
    'load',
    `${setup}: ${perSecond} requests per second, half of what the server can do, ${ROUNDS} times ${SECONDS} s each, in turns; medians.`,
    ['tool', 'p50', 'p99', 'requests it counted', 'of them seen by the server'],
    [
      row('servery'),
      row('oha'),
      ['servery / oha', compare('p50', GOALS.p50OverOha), compare('p99', GOALS.p99OverOha), '', ''],
    ],
  )
  return [
    said('p50 over that of oha', ratio('p50'), GOALS.p50OverOha),
    said('p99 over that of oha', ratio('p99'), GOALS.p99OverOha),
    isExact('servery'),
    isExact('oha'),
  ]
}

/** Prints whether a goal is met. */
function said(what, value, goal) {
  console.log(`${what}: ${value.toFixed(2)}, goal ${goal.join(' to ')}${missed(value, goal)}`)
  return missed(value, goal) === ''
}

function missed(value, [least, most]) {
  return value >= least && value <= most ? '' : ', missed'
}

/** Requests that the server has answered with 200. */
async function answered(origin) {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith('servery_requests_total{') && line.includes('status="200"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}
