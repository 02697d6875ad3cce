/** One worker process, seen from the API process. It does one thing at a time: load a version, unload one, or run a batch. */
import type { ChildProcess } from 'node:child_process'
import { ServeryError } from '@servery/core'
import type { Item, ModelInstance } from '../model/model.ts'
import { keyOf, type VersionKey } from '../model/version-key.ts'
import { takeWorker } from './fork-worker.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import type { BatchResult } from './runner.ts'

const ANSWERS: readonly string[] = ['loaded', 'load-failed', 'unloaded', 'predicted'] satisfies FromWorker['type'][]

interface Call {
  resolve(answer: FromWorker): void
  reject(error: ServeryError): void
}

export class WorkerProcess {
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #hosted = new Set<string>()
  #call: Call | undefined
  #killReason: ServeryError | undefined
  #isChecking = false
  /** The version that it has loaded last, and when, in milliseconds of the monotonic clock. */
  lastLoad: { readonly key: string; readonly at: number } | undefined
  /** Whether it has been asked anything. */
  wasAsked = false
  /** Whether it ended while it was doing something. */
  endedBusy = false

  constructor() {
    this.#child = takeWorker()
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve())
      this.#child.once('error', () => resolve())
    })
    this.#child.on('message', (message: FromWorker) => {
      // Other messages are ignored: under `node --watch`, a child also reports every file that it imports.
      if (ANSWERS.includes(message.type)) this.#endCall()?.resolve(message)
    })
    void this.exited.then(() => {
      this.endedBusy = this.isBusy
      this.#endCall()?.reject(this.#killReason ?? workerLost())
    })
  }

  get isBusy(): boolean {
    return this.#call !== undefined || this.#isChecking
  }

  /** Number of versions that it hosts. */
  get hostedVersions(): number {
    return this.#hosted.size
  }

  hosts(version: VersionKey): boolean {
    return this.#hosted.has(keyOf(version))
  }

  /**
   * Loads a version and answers its example.
   *
   * @param measure whether to measure its memory
   * @returns the private memory that it takes, in bytes; undefined if not measured
   * @throws ServeryError `MODEL_LOAD_FAILED`; `VERSION_CONFLICT` if the folder of the version has changed since it was opened
   */
  async load(instance: ModelInstance, measure: boolean, timeoutMs: number): Promise<number | undefined> {
    const { definition, checkContent: _, ...described } = instance
    const timer = setTimeout(() => void this.kill(loadTimedOut(timeoutMs)), timeoutMs)
    try {
      const answer = await this.#ask({ type: 'load', instance: { ...described, module: definition.module }, measure })
      if (answer.type === 'load-failed') throw new Error(answer.detail)
      await this.#checkContent(instance)
      this.#hosted.add(keyOf(instance))
      this.lastLoad = { key: keyOf(instance), at: performance.now() }
      return answer.type === 'loaded' ? answer.memoryBytes : undefined
    } catch (error) {
      throw loadFailed(instance.version, error as Error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** A worker may load a version long after it was opened. @throws ServeryError `VERSION_CONFLICT` after unloading other content */
  async #checkContent(instance: ModelInstance): Promise<void> {
    this.#isChecking = true
    try {
      await instance.checkContent?.()
    } catch (error) {
      await this.#ask({ type: 'unload', name: instance.name, version: instance.version })
      throw error
    } finally {
      this.#isChecking = false
    }
  }

  /** @throws ServeryError `WORKER_LOST` if the process ends: then the version is gone with it */
  async unload({ name, version }: VersionKey): Promise<void> {
    this.#hosted.delete(keyOf({ name, version }))
    await this.#ask({ type: 'unload', name, version })
  }

  /** @throws ServeryError `WORKER_LOST` or the reason given to `kill` */
  async run({ name, version }: VersionKey, items: readonly Item[]): Promise<BatchResult> {
    const answer = await this.#ask({ type: 'predict', name, version, items })
    if (answer.type !== 'predicted') throw new Error(`This is a bug: a worker answered ${answer.type} to predict.`)
    return answer
  }

  /** Kills the process; what it is doing fails with `reason`. */
  async kill(reason?: ServeryError): Promise<void> {
    this.#killReason = reason
    this.#child.kill('SIGKILL')
    await this.exited
  }

  #ask(message: ToWorker): Promise<FromWorker> {
    if (this.#call !== undefined) throw new Error('This is a bug: the worker is busy.')
    this.wasAsked = true
    return new Promise((resolve, reject) => {
      this.#call = { resolve, reject }
      try {
        // Errors are ignored: if the process has ended, `exited` handles it.
        this.#child.send(message, () => {})
      } catch (error) {
        this.#endCall()
        reject(error as ServeryError) // what cannot be sent, such as a function in the input of a caller in this process
      }
    })
  }

  #endCall(): Call | undefined {
    const call = this.#call
    this.#call = undefined
    return call
  }
}

function workerLost(): ServeryError {
  return new ServeryError('WORKER_LOST', 'The worker process ended during this request; try again.', {
    retryAfterSeconds: 1,
  })
}

function loadTimedOut(timeoutMs: number): ServeryError {
  const sentence = `loading took longer than ${timeoutMs} ms (SERVERY_MODEL_LOAD_TIMEOUT_MS)`
  return new ServeryError('MODEL_LOAD_FAILED', sentence)
}

function loadFailed(version: string, error: Error): ServeryError {
  const { code } = error as Partial<ServeryError>
  if (code === 'VERSION_CONFLICT') return error as ServeryError
  const isLost = code === 'WORKER_LOST'
  const reason = isLost ? 'the worker process ended while loading' : error.message
  return new ServeryError('MODEL_LOAD_FAILED', `${version} could not be loaded: ${reason}`, { cause: error })
}
