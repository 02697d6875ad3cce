// `make bench.peers`: the same ONNX file, tokeniser, texts and cores behind Servery, FastAPI and MLServer, each peer as its
// documentation configures it and again with as many copies of the model as Servery has workers. Servers run side by side
// and are measured in turn, one at a time. Writes peers.json and the table in bench/README.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { load, startEmbed } from '../engine/sides.js'
import { machine, quantile, round } from '../server.js'
import { writeTable } from '../table.js'
import { startFastApi, startMlServer } from './peers.js'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const WORKERS = machine.cpus
const TEXTS = 400
/** V8 has compiled the path of a request after some thousands. */
const WARM_UP = 4_000
const LONE_REQUESTS = 30
/** Fewer would leave a server that waits a second for a batch of 5 waiting for most of an hour. */
const CONNECTIONS = [8, 16, 32, 64]
/** Throughput counts while 99 of 100 texts are answered within this, in milliseconds. */
const P99_BOUND_MS = 250

const sides = {
  Servery: () => startEmbed('ours', WORKERS),
  'FastAPI, as documented (1 process)': () => startFastApi({ workers: 1 }),
  [`FastAPI, ${WORKERS} processes, 1 thread each`]: () => startFastApi({ workers: WORKERS, threads: 1 }),
  'MLServer, as documented (batches of 5, 1 s)': () => startMlServer({ workers: 1, batchSize: 5, batchSeconds: 1 }),
  [`MLServer, ${WORKERS} workers, 1 thread each, batches of 16, 10 ms`]: () =>
    startMlServer({ workers: WORKERS, threads: 1, batchSize: 16, batchSeconds: 0.01 }),
}

const servers = {}
const starts = {}
for (const [name, start] of Object.entries(sides)) [servers[name], starts[name]] = await startedOften(start)
for (const server of Object.values(servers)) await load(server, 'short', WARM_UP, 32)
const measured = Object.fromEntries(Object.keys(sides).map((name) => [name, { lone: [], mixed: [], short: [] }]))
for (let i = 0; i < ROUNDS; i++) {
  for (const [name, server] of Object.entries(servers)) {
    measured[name].lone.push((await load(server, 'short', LONE_REQUESTS, 1)).p50Ms)
    for (const kind of ['mixed', 'short']) measured[name][kind].push(await bestThroughput(server, kind))
    console.log(
      name,
      i + 1,
      measured[name].lone.at(-1).toFixed(1),
      measured[name].mixed.at(-1),
      measured[name].short.at(-1),
    )
  }
}
const rows = Object.entries(measured).map(([name, { lone, mixed, short }]) => ({
  name,
  mixedPerSecond: round(quantile(mixed, 0.5)),
  shortPerSecond: round(quantile(short, 0.5)),
  loneP50Ms: round(quantile(lone, 0.5)),
  secondsToReady: round(quantile(starts[name], 0.5)),
  megabytes: servers[name].memory(),
}))
await Promise.all(Object.values(servers).map((server) => server.stop()))
report()

/** The last of some starts, one before them to have the files in memory, and the seconds that each took. */
async function startedOften(start) {
  await (await start()).stop()
  const seconds = []
  for (;;) {
    const server = await start()
    seconds.push(server.secondsToReady)
    if (seconds.length === ROUNDS) return [server, seconds]
    await server.stop()
  }
}

/** Texts per second of the number of connections that answers most of them within the bound; 0 if none does. */
async function bestThroughput(server, kind) {
  let best = 0
  for (const connections of CONNECTIONS) {
    const { wallSeconds, p99Ms } = await load(server, kind, TEXTS, connections)
    if (p99Ms <= P99_BOUND_MS) best = Math.max(best, TEXTS / wallSeconds)
  }
  return Math.round(best)
}

function report() {
  writeFileSync(
    path.join(import.meta.dirname, 'peers.json'),
    `${JSON.stringify({ machine, rounds: ROUNDS, p99BoundMs: P99_BOUND_MS, rows }, null, 2)}\n`,
  )
  const head = [
    '',
    `mixed texts/s at p99 ≤ ${P99_BOUND_MS} ms`,
    'short texts/s, same bound',
    'one client, short text, p50 ms',
    'start to first answer, s',
    'memory, MB',
  ]
  const cells = rows.map((row) => Object.values(row).map(String))
  writeTable(
    'peers',
    `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}, ${ROUNDS} rounds.`,
    head,
    cells,
  )
}
