// node bench/models/isolation.js [folder]: the work per CPU-second of one model alone on shared workers, over that on workers of its
// own, and over that of the server of another checkout, built in `folder`, in interleaved rounds: keywords, short texts.
import path from 'node:path'
import { load } from '../engine/sides.js'
import { figure } from '../figures.js'
import { startEntry } from '../server.js'
import { startHost, versionOf } from './host/repository.js'
import { report } from './report.js'

const ROUNDS = Number(process.env.ROUNDS ?? 25)
/** Texts of one round: a few seconds of work, so that many rounds make up for other work on the machine. */
const COUNT = Number(process.env.COUNT ?? 1_000)
/** Until V8 has compiled the path of a request, and keywords knows the vectors of all phrases. */
const WARM_UP = Number(process.env.WARM_UP ?? 4_000)
const CONNECTIONS = 96

const [before] = process.argv.slice(2)
const environment = { SERVERY_MODELS: `keywords=${versionOf('keywords')}` }
const servers = {
  shared: await startHost(['keywords'], environment),
  dedicated: await startHost({ keywords: 'bench/models/host/keywords-dedicated.js' }, environment),
  ...(before && { before: await startEntry(path.resolve(before, 'projects/keywords/serve/dist/model-server.js')) }),
}
for (const server of Object.values(servers)) await measure(server, WARM_UP)

const ratios = { dedicated: [], before: [] }
for (let i = 0; i < ROUNDS; i++) {
  const seconds = {}
  // The order changes with every round: a machine that slows down favours no side.
  const names = Object.keys(servers).map((_, place, all) => all[(place + i) % all.length])
  for (const name of names) seconds[name] = await measure(servers[name], COUNT)
  for (const name of Object.keys(servers)) ratios[name]?.push(seconds[name] / seconds.shared)
  console.log(`round ${i + 1} of ${ROUNDS}: CPU-seconds ${JSON.stringify(seconds)}`)
}
await Promise.all(Object.values(servers).map(({ stop }) => stop()))

const work = 'keywords alone, short texts per CPU-second: shared workers over'
const rows = [figure(`${work} workers of its own`, ratios.dedicated, 0.98)]
if (before) rows.push(figure(`${work} version 0.1.0`, ratios.before))
report('isolation', { rounds: ROUNDS, texts: COUNT, connections: CONNECTIONS }, rows)

/** @returns CPU-seconds of all processes of the server */
async function measure({ url, pids }, count) {
  const target = { url: `${url}/v1/model/keywords/predict`, protocol: 'documents', pids }
  return (await load(target, 'short', count, CONNECTIONS)).cpuSeconds
}
