/**
 * Forks worker processes. A server forks them before it imports what itself needs, so that both start at the same time: this module
 * must import nothing heavy.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { availableCpus } from '../machine/available-cpus.ts'
import { availableMemory } from '../machine/available-memory.ts'

const ENTRY = fileURLToPath(new URL('./worker-main.js', import.meta.url))

/** Defaults of the environment of workers. Measured with MiniLM int8, 18 texts of 11 words a batch (2 CPUs, AMD EPYC, 2026-11). */
const ENVIRONMENT = {
  // Threads of the tokeniser beside the worker's own only compete with other workers: 1.02 of the work per CPU-second without them.
  TOKENIZERS_PARALLELISM: 'false',
  // glibc raises its threshold (128 kB at first) when a large buffer is freed, as happens while a model loads, and hardly returns
  // memory from then on: with a fixed threshold and one arena a worker has 57 MB of its own instead of 79.
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
}

/** Bytes; a worker with its runtime and a small model takes about half of them. */
const MEMORY_PER_WORKER = 256 * 2 ** 20

/** Workers that have been forked ahead and are not in use yet. */
const ahead: ChildProcess[] = []

/** The number of workers where SERVERY_NUM_WORKERS is 0: one per CPU, or fewer if there is little memory. */
export function defaultWorkers(): number {
  return Math.min(availableCpus(), Math.max(1, Math.floor(availableMemory() / MEMORY_PER_WORKER)))
}

/** Forks as many workers as the server will probably need. */
export function forkAhead(wanted = Number(process.env.SERVERY_NUM_WORKERS)): void {
  const count = Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, 64) : defaultWorkers()
  for (let i = 0; i < count; i += 1) ahead.push(forkWorker())
}

/** A worker that was forked ahead, or a new one. */
export function takeWorker(): ChildProcess {
  for (let child = ahead.shift(); child !== undefined; child = ahead.shift()) if (isRunning(child)) return child
  return forkWorker()
}

/** Ends the workers that were forked ahead and not needed. */
export function endUnusedWorkers(): void {
  for (const child of ahead.splice(0)) child.disconnect()
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null
}

function forkWorker(): ChildProcess {
  const child = fork(ENTRY, [], {
    serialization: 'advanced',
    execArgv: [],
    env: { ...ENVIRONMENT, ...process.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('error', () => {}) // it cannot be started, or not be reached: `exit` or `isRunning` tells
  return child
}
