// Starts FastAPI and MLServer with the model of bench/models/embed, in virtual environments of their own.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../../libs/load-testing/dist/server-process.js'
import { proportionalMegabytes, treeOf } from '../engine/processes.js'
import { python } from '../python.js'

const here = (file) => path.join(import.meta.dirname, file)
const MODEL = here('../../projects/keywords/serve/models/KEYWORDS-COMPILED-1/model_artifacts')
const READY_TIMEOUT_MS = 120_000

/** The programs of a peer, from PyPI. */
const bin = (name) => python(here(`build/${name}`), here(`requirements-${name}.txt`))

/** @param {{workers: number, threads?: number, app?: 'embed' | 'words'}} options `threads` of ONNX Runtime in each process; unset: its own choice */
export async function startFastApi({ workers, threads, app = 'embed' }) {
  const port = await freePort()
  const args = [`fastapi_${app}:app`, '--port', String(port), '--workers', String(workers), '--log-level', 'warning']
  return started(
    path.join(bin('fastapi'), 'uvicorn'),
    args,
    threads,
    `http://127.0.0.1:${port}/v1/model/${app}/predict`,
  )
}

/** @param {{workers: number, threads?: number, batchSize: number, batchSeconds: number}} options */
export async function startMlServer({ workers, threads, batchSize, batchSeconds }) {
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()]
  const folder = here(`build/mlserver-${workers}-${batchSize}`)
  mkdirSync(folder, { recursive: true })
  const write = (file, value) => writeFileSync(path.join(folder, file), JSON.stringify(value))
  write('settings.json', {
    http_port: port,
    grpc_port: grpc,
    metrics_port: metrics,
    metrics_dir: folder,
    host: '127.0.0.1',
    parallel_workers: workers,
    debug: false,
  })
  write('model-settings.json', {
    name: 'embed',
    implementation: 'mlserver_runtime.EmbedRuntime',
    max_batch_size: batchSize,
    max_batch_time: batchSeconds,
  })
  const command = path.join(bin('mlserver'), 'mlserver')
  return started(command, ['start', folder], threads, `http://127.0.0.1:${port}/v2/models/embed/infer`, 'v2')
}

async function started(command, args, threads, url, protocol = 'native') {
  const startedAt = performance.now()
  const child = spawn(command, args, {
    cwd: import.meta.dirname,
    env: {
      ...process.env,
      MODEL_DIRECTORY: MODEL,
      PYTHONPATH: import.meta.dirname,
      ...(threads ? { ONNX_THREADS: String(threads) } : {}),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  await untilAnswered(url, protocol, child)
  return {
    url,
    protocol,
    secondsToReady: (performance.now() - startedAt) / 1_000,
    pids: () => treeOf(child.pid),
    memory: () => proportionalMegabytes(treeOf(child.pid)),
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}

async function untilAnswered(url, protocol, child) {
  for (const end = Date.now() + READY_TIMEOUT_MS; Date.now() < end && child.exitCode === null; ) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodyOf('ready?', protocol),
    }).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} did not answer in time.`)
}

/** The request for one text, by protocol; `documents` is that of keywords. */
export function bodyOf(content, protocol = 'native') {
  const bodies = {
    native: { inputs: { content } },
    v2: { inputs: [{ name: 'text', shape: [1], datatype: 'BYTES', data: [content] }] },
    documents: { inputs: [{ document: content }] },
  }
  return JSON.stringify(bodies[protocol])
}
