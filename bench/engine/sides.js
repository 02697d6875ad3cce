// The two sides of every comparison: a bare process, and a server with a client.
import { execFile, spawn } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { cpuSeconds, proportionalMegabytes, treeOf } from './processes.js'

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
  const startedAt = performance.now()
  const child = spawn(process.execPath, [path.join(models, model, entry), ...args], {
    env: { ...process.env, SERVERY_PORT: '0', SERVERY_HOST: '127.0.0.1', SERVERY_NUM_WORKERS: String(workers) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`The server ended with ${status}.`)))
    child.stdout.on('data', (chunk) => {
      const ready = String(chunk).match(/"docs":"(http:[^"]+)\/docs"/)
      if (ready) resolve(ready[1])
    })
  })
  return {
    url: `${url}/v1/model/${model}/predict`,
    origin: url,
    protocol: 'native',
    secondsToReady: (performance.now() - startedAt) / 1_000,
    pids: () => treeOf(child.pid),
    memory: () => proportionalMegabytes(treeOf(child.pid)),
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
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
