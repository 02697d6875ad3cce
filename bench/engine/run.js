// `make bench.engine`: measures the overhead of the engine over the bare runtime, and the gain of its batching. Every figure is a ratio
// within this run: sides alternate, are repeated, and are reported as median and range. Writes bench/results/<date>.json and
// the table in bench/README.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cellsOf, figure, HEAD } from '../figures.js'
import { machine } from '../server.js'
import { writeTable } from '../table.js'
import { bare, load, startEmbed } from './sides.js'

const ROUNDS = Number(process.env.ROUNDS ?? 7)
/** Number of texts per round, for some seconds of work. */
const COUNTS = { short: 3_000, medium: 1_000, mixed: 1_200 }
const CONNECTIONS = 96
const LONE_REQUESTS = 300
/** Warm-up requests: until V8 has optimised the code, a request costs three times as much. */
const WARM_UP = 6_000
const NAMES = { single: 'one text at a time', fifo8: 'first 8 as they came', fifo16: 'first 16 as they came' }

const rows = []
await limit()
await batching()
await latency()
await growth()
report()

/** Work per CPU-second at saturation, of all processes of the server, over that of the bare script. */
async function limit() {
  for (const [kind, goal] of Object.entries({ short: 0.85, medium: 0.92, mixed: 0.92 })) {
    await withServers({ ours: 'ours' }, 1, async ({ ours }) => {
      await addRatio(`Limit, ${kind} texts: texts per CPU-second, server over bare script`, goal, async () => {
        const [{ cpuSeconds }] = await bare(kind, COUNTS[kind])
        const served = await load(ours, kind, COUNTS[kind], CONNECTIONS)
        return cpuSeconds / served.cpuSeconds
      })
    })
  }
  await withServers({ json: 'ours-json' }, 1, async ({ json }) => {
    await addRatio('The same, short texts, answers as JSON numbers', undefined, async () => {
      const [{ cpuSeconds }] = await bare('short', COUNTS.short)
      return cpuSeconds / (await load(json, 'short', COUNTS.short, CONNECTIONS)).cpuSeconds
    })
  })
}

/** Compares the batch policies of the same server. */
async function batching() {
  const policies = { ours: 'ours', single: 'single', fifo8: 'fifo8', fifo16: 'fifo16' }
  const goals = { mixed: { single: 1.05, fifo8: 2.2 }, short: { single: 1.25 } }
  for (const kind of ['mixed', 'short']) {
    await withServers(policies, 1, async (servers) => {
      const ratios = { single: [], fifo8: [], fifo16: [] }
      const ages = []
      for (let i = 0; i < ROUNDS; i++) {
        const seconds = {}
        for (const [name, server] of Object.entries(servers)) {
          const measured = await load(server, kind, COUNTS[kind], CONNECTIONS)
          seconds[name] = measured.cpuSeconds
          if (name === 'ours') ages.push(measured.slowestMs / measured.p50Ms)
        }
        for (const name of Object.keys(ratios)) ratios[name].push(seconds[name] / seconds.ours)
      }
      for (const [name, values] of Object.entries(ratios))
        add(`Batching, ${kind} texts: ours over ${NAMES[name]}`, goals[kind][name], values)
      add(`Slowest text over the median, ${kind} texts`, undefined, ages, true)
    })
  }
}

/** Latency that HTTP, validation, the queue and the transfer to a worker add with one client, in milliseconds. */
async function latency() {
  await withServers({ ours: 'ours', local: 'in-process' }, 1, async ({ ours, local }) => {
    const [added, addedLocally] = [[], []]
    for (let i = 0; i < ROUNDS; i++) {
      const [{ p50Ms }] = await bare('short', LONE_REQUESTS, { alone: true })
      added.push((await load(ours, 'short', LONE_REQUESTS, 1)).p50Ms - p50Ms)
      addedLocally.push((await load(local, 'short', LONE_REQUESTS, 1)).p50Ms - p50Ms)
    }
    add('Latency, one client, short texts: ms above the bare script at p50', 0.8, added, true)
    add('The same, the model in the API process', undefined, addedLocally, true)
    const delays = []
    for (let i = 0; i < ROUNDS; i++) {
      await scrape(ours.origin)
      await load(ours, 'short', COUNTS.short, CONNECTIONS)
      delays.push(
        1_000 * Number((await scrape(ours.origin)).match(/event_loop_delay_seconds\{quantile="0.99"\} (\S+)/)[1]),
      )
    }
    add('Event-loop delay of the API process at saturation, p99 in ms', 20, delays, true)
  })
}

async function scrape(url) {
  return (await fetch(`${url}/metrics`)).text()
}

/** Two workers against one: work per CPU-second and wall time on medium texts; memory; start. */
async function growth() {
  const one = await startEmbed('ours', 1)
  const two = await startEmbed('ours', 2)
  for (const server of [one, two]) await load(server, 'short', WARM_UP, CONNECTIONS)
  const [perCpu, wall] = [[], []]
  for (let i = 0; i < ROUNDS; i++) {
    const single = await load(one, 'medium', COUNTS.medium, CONNECTIONS)
    const double = await load(two, 'medium', COUNTS.medium, CONNECTIONS)
    perCpu.push(single.cpuSeconds / double.cpuSeconds)
    wall.push(single.wallSeconds / double.wallSeconds)
  }
  add('Growth: texts per CPU-second, two workers over one', 0.95, perCpu)
  add('Growth: texts per second, two workers over one', 1.7, wall)
  add('Memory of a further worker, MB', undefined, [two.memory() - one.memory()], true)
  add('Start to ready, seconds', undefined, [one.secondsToReady, two.secondsToReady], true)
  await Promise.all([one.stop(), two.stop()])
}

async function withServers(policies, workers, measure) {
  const servers = {}
  for (const [name, policy] of Object.entries(policies)) servers[name] = await startEmbed(policy, workers)
  for (const server of Object.values(servers)) await load(server, 'short', WARM_UP, CONNECTIONS)
  try {
    await measure(servers)
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
  }
}

async function addRatio(name, goal, measure) {
  const values = []
  for (let i = 0; i < ROUNDS; i++) values.push(await measure())
  add(name, goal, values)
}

/** @param {boolean} lowerIsBetter the goal is a ceiling */
function add(name, goal, values, lowerIsBetter = false) {
  rows.push(figure(name, values, goal, lowerIsBetter))
}

function report() {
  const folder = path.join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path.join(folder, `${machine.date}.json`),
    `${JSON.stringify({ machine, rounds: ROUNDS, rows }, null, 2)}\n`,
  )
  const setup = `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}, ${ROUNDS} rounds.`
  writeTable('engine', setup, HEAD, rows.map(cellsOf))
  process.exitCode = rows.some(({ reached }) => reached === false) ? 1 : 0
}
