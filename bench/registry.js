// `make bench.registry`: pushes a version of 2 GB to MLflow and downloads it, through MLflow's proxy and directly with S3. Prints seconds and
// the peak memory of our process, and checks that it stays below the goal.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { machine, round } from './server.js'
import { writeTable } from './table.js'

const BYTES = 2e9
const GOAL_MB = 200
const ROOT = path.join(import.meta.dirname, '..')
const PORTS = { MLFLOW_PORT: '5055', S3_PORT: '7055' }

const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-bench-'))
const rows = []
try {
  writeVersion()
  for (const by of ['proxy', 's3']) await measureBy(by)
} finally {
  rmSync(folder, { recursive: true })
}
console.table(rows)
writeFileSync(path.join(import.meta.dirname, 'registry.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`)
writeTable(
  'registry',
  `${machine.cpu}, ${machine.cpus} CPUs; servers and client on the same machine.`,
  ['artifacts by', 'direction', 's', 'MB/s', 'peak memory, MB (goal: below 200)'],
  rows.map((row) => [row.by, row.direction, row.seconds, round(BYTES / 1e6 / row.seconds), row.peak_mb]),
)
process.exitCode = rows.every((row) => row.peak_mb < GOAL_MB) ? 0 : 1

async function measureBy(by) {
  const data = path.join(folder, by)
  mkdirSync(data)
  const log = openSync(path.join(data, 'log'), 'w')
  const stack = spawn('docker/registry/host.sh', {
    cwd: ROOT,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...PORTS, ARTIFACTS: by, REGISTRY_DATA: data },
  })
  const exited = once(stack, 'exit')
  try {
    while (!(await fetch(`http://127.0.0.1:${PORTS.MLFLOW_PORT}/health`).catch(() => {}))) {
      if (stack.exitCode !== null) throw new Error(`The registry stack did not start; see ${data}/log`)
      await pause(500)
    }
    rows.push({ by, direction: 'push', ...measure("await registry.register(folder + '/version', 'BENCH-COMPILED')") })
    rows.push({
      by,
      direction: 'download',
      ...measure("await registry.download(await registry.resolve('BENCH-COMPILED-1'), folder + '/back')"),
    })
  } finally {
    stack.kill('SIGTERM')
    await exited
    for (const used of [data, path.join(folder, 'back')]) rmSync(used, { recursive: true, force: true, maxRetries: 20 })
  }
}

/** Runs `work` with a `registry` in a process of its own. */
function measure(work) {
  const script = `
import { loadConfig, registryVariables } from '@servery/core'
import { openRegistry } from '@servery/tracking'
const folder = ${JSON.stringify(folder)}
const registry = openRegistry(loadConfig(registryVariables, { environment: process.env }), folder)
const begin = performance.now()
${work}
console.log(JSON.stringify([performance.now() - begin, process.resourceUsage().maxRSS]))`
  const environment = {
    ...process.env,
    MLFLOW_TRACKING_URI: `http://127.0.0.1:${PORTS.MLFLOW_PORT}`,
    MLFLOW_HTTP_REQUEST_TIMEOUT: '600',
    MLFLOW_S3_ENDPOINT_URL: `http://127.0.0.1:${PORTS.S3_PORT}`,
    AWS_ACCESS_KEY_ID: 'servery',
    AWS_SECRET_ACCESS_KEY: 'servery-secret',
  }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
    env: environment,
  })
  if (stderr) throw new Error(stderr)
  const [milliseconds, kibibytes] = JSON.parse(stdout)
  return { seconds: round(milliseconds / 1e3), peak_mb: round((kibibytes * 1024) / 1e6) }
}

/** A sparse file of zeros: its content does not matter, and it takes no space on the disk. */
function writeVersion() {
  const version = path.join(folder, 'version')
  mkdirSync(path.join(version, 'model_artifacts'), { recursive: true })
  writeFileSync(path.join(version, 'model_card.json'), '{"description":"2 GB"}')
  writeFileSync(path.join(version, 'model_artifacts/model.onnx'), '')
  truncateSync(path.join(version, 'model_artifacts/model.onnx'), BYTES)
}
