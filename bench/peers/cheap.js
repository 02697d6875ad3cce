// Compares the overhead of a request with a model that costs nothing: Servery, Fastify alone and FastAPI.
// Requests per second of CPU time, all processes of a server; sides in turns. Writes the table in bench/README.md.
import { load, startWords } from '../engine/sides.js'
import { machine, quantile, round } from '../server.js'
import { writeTable } from '../table.js'
import { startFastApi } from './peers.js'

const ROUNDS = Number(process.env.ROUNDS ?? 7)
const [REQUESTS, WARM_UP, CONNECTIONS] = [8_000, 20_000, 64]

const ours = await startWords('model-server.js')
const others = {
  'Fastify alone': { server: await startWords('bare-fastify.js'), goal: 0.6, ratios: [] },
  'FastAPI, 1 process': { server: await startFastApi({ workers: 1, app: 'words' }), goal: 5, ratios: [] },
}
const servers = [ours, ...Object.values(others).map(({ server }) => server)]
for (const server of servers) await load(server, 'short', WARM_UP, CONNECTIONS)
const rates = []
for (let i = 0; i < ROUNDS; i++) {
  const { cpuSeconds } = await load(ours, 'short', REQUESTS, CONNECTIONS)
  rates.push(REQUESTS / cpuSeconds)
  for (const { server, ratios } of Object.values(others))
    ratios.push((await load(server, 'short', REQUESTS, CONNECTIONS)).cpuSeconds / cpuSeconds)
}
await Promise.all(servers.map((server) => server.stop()))

const rows = Object.entries(others).map(([name, { goal, ratios }]) => {
  const median = round(quantile(ratios, 0.5))
  const range = `${round(Math.min(...ratios))} to ${round(Math.max(...ratios))}`
  return [`Servery over ${name}`, median, range, `${goal}${median >= goal ? '' : ', missed'}`]
})
const setup = `${machine.date}, ${machine.cpu}, Node ${machine.node}, ${ROUNDS} rounds. Servery: ${Math.round(quantile(rates, 0.5))} requests per second of CPU time.`
writeTable('cheap', setup, ['requests per second of CPU time', 'median', 'range', 'goal'], rows)
console.table(rows)
