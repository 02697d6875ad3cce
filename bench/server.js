// Shared by the benchmarks of the projects: starts a server, and describes the machine.
import { spawn } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { treeOf } from './engine/processes.js'

/** Starts the built server of a project on a free port. */
export function startServer(project, environment = {}) {
  const entry = path.join(import.meta.dirname, `../projects/${project}/serve/dist/model-server.js`)
  return startEntry(entry, [], environment)
}

/** Starts a server on a free port; resolves when it is ready, after `seconds`. `pids` are those of the API process and its workers. */
export async function startEntry(entry, args = [], environment = {}) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, SERVERY_PORT: '0', SERVERY_HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`The server of ${entry} ended with ${status}.`)))
    child.stdout.on('data', (chunk) => {
      const ready = String(chunk).match(/"docs":"(http:[^"]+)\/docs"/)
      if (ready) resolve(ready[1])
    })
  })
  const stop = () => {
    child.kill('SIGTERM')
    return exited
  }
  return { url, seconds: (performance.now() - startedAt) / 1_000, pids: () => treeOf(child.pid), stop }
}

export const machine = {
  cpu: os.cpus()[0]?.model,
  cpus: os.availableParallelism(),
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}

export function round(value) {
  return Math.round(value * 100) / 100
}
