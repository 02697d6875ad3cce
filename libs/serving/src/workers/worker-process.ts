/** One worker process with one instance, seen from the API process. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ServeryError } from '@servery/core'
import type { Item, ModelInstance } from '../model/model.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import type { BatchResult } from './runner.ts'

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

interface Call {
  resolve(result: BatchResult): void
  reject(error: ServeryError): void
}

export class WorkerProcess {
  /** Resolves when the model is loaded. @throws ServeryError `MODEL_LOAD_FAILED` */
  readonly loaded: Promise<void>
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<'exited'>
  readonly #child: ChildProcess
  readonly #instance: ModelInstance
  #call: Call | undefined
  #killReason: ServeryError | undefined

  constructor(instance: ModelInstance, loadTimeoutMs: number) {
    this.#instance = instance
    this.#child = fork(ENTRY, [], {
      serialization: 'advanced',
      execArgv: [],
      env: { ...ENVIRONMENT, ...process.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve('exited'))
      this.#child.once('error', () => resolve('exited'))
    })
    this.loaded = this.#load(loadTimeoutMs)
    this.loaded.catch(() => {})
    this.#child.on('message', (message: FromWorker) => this.#receive(message))
    void this.exited.then(() => this.#endCall(this.#killReason ?? workerLost()))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Runs one batch; only one at a time is allowed. @throws ServeryError `WORKER_LOST` or the reason given to `kill` */
  run(items: readonly Item[]): Promise<BatchResult> {
    return new Promise((resolve, reject) => {
      this.#call = { resolve, reject }
      const { name, version } = this.#instance
      this.#send({ type: 'predict', name, version, items })
    })
  }

  /** Kills the process; its current batch fails with `reason`. */
  async kill(reason?: ServeryError): Promise<void> {
    this.#killReason = reason
    this.#child.kill('SIGKILL')
    await this.exited
  }

  async #load(timeoutMs: number): Promise<void> {
    const { definition, ...described } = this.#instance
    // Other messages are ignored: under `node --watch`, a child also reports every file that it imports.
    const answer = new Promise<FromWorker>((resolve) => {
      this.#child.on('message', (message: FromWorker) => {
        if (message.type === 'loaded' || message.type === 'load-failed') resolve(message)
      })
    })
    this.#send({ type: 'load', instance: { ...described, module: definition.module } })
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, 'timeout')
    })
    const outcome = await Promise.race([answer, this.exited, timeout])
    clearTimeout(timer)
    if (typeof outcome === 'object' && outcome.type === 'loaded') return
    this.#child.kill('SIGKILL')
    throw new ServeryError(
      'MODEL_LOAD_FAILED',
      `${this.#instance.version} could not be loaded: ${reasonOf(outcome, timeoutMs)}`,
    )
  }

  #receive(message: FromWorker): void {
    if (message.type !== 'predicted') return
    const call = this.#call
    this.#call = undefined
    call?.resolve({ results: message.results, inferenceMs: message.inferenceMs })
  }

  #endCall(error: ServeryError): void {
    this.#call?.reject(error)
    this.#call = undefined
  }

  /** Errors are ignored: if the process has ended, `exited` handles it. */
  #send(message: ToWorker): void {
    this.#child.send(message, () => {})
  }
}

function workerLost(): ServeryError {
  return new ServeryError('WORKER_LOST', 'The worker process ended during this request; try again.', {
    retryAfterSeconds: 1,
  })
}

function reasonOf(outcome: FromWorker | 'timeout' | 'exited', timeoutMs: number): string {
  if (outcome === 'timeout') return `loading took longer than ${timeoutMs} ms (SERVERY_MODEL_LOAD_TIMEOUT_MS)`
  if (typeof outcome === 'object' && outcome.type === 'load-failed') return outcome.detail
  return 'the worker process ended while loading'
}
