// The two sides of every comparison: a bare process, and a server with a client.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { startEntry } from '../server.js'
import { cpuSeconds, proportionalMegabytes } from './processes.js'

const run = promisify(execFile)
const here = (file) => path.join(import.meta.dirname, file)

/** Answers of `bare.js`, one per process, all running at once. */
export async function bare(kind, count, { processes = 1, alone = false } = {}) {
  const args = [here('bare.js'), kind, String(count), ...(alone ? ['one'] : [])]
  const outputs = await Promise.all(Array.from({ length: processes }, () => run(process.execPath, args)))
  return outputs.map(({ stdout }) => JSON.parse(stdout))
}

/** Starts a policy of bench/models/embed; resolves when it is ready. @param models folder of the models, of another checkout perhaps */
export function startEmbed(policy, workers, models = here('../models')) {
  return start(models, 'embed', ['model-server.js', policy], workers)
}

/** Starts bench/models/words: by us, or the same in Fastify alone. @param {'model-server.js' | 'bare-fastify.js'} entry */
export function startWords(entry, models = here('../models')) {
  return start(models, 'words', [entry], 1)
}

async function start(models, model, [entry, ...args], workers) {
  const environment = { SERVERY_NUM_WORKERS: String(workers) }
  const { url, seconds, pids, stop } = await startEntry(path.join(models, model, entry), args, environment)
  return {
    url: `${url}/v1/model/${model}/predict`,
    origin: url,
    protocol: 'native',
    secondsToReady: seconds,
    pids,
    memory: () => proportionalMegabytes(pids()),
    stop,
  }
}

/** Sends `count` texts over `connections`; adds the CPU time that the processes of the server took. */
export async function load(server, kind, count, connections) {
  const pids = server.pids()
  const before = cpuSeconds(pids)
  const { stdout } = await run(process.execPath, [
    here('client.js'),
    server.url,
    kind,
    String(count),
    String(connections),
    server.protocol,
  ])
  return { ...JSON.parse(stdout), cpuSeconds: cpuSeconds(pids) - before }
}
