/** The interface between the engine of a version and the place where its model runs. The runner asks the engine for batches. */
import type { ServeryError } from '@servery/core'
import type { Item, ItemResult } from '../model/model.ts'

export interface Batch {
  readonly items: readonly Item[]
  /** Sum of the estimated costs of the items. */
  readonly cost: number
  /** True for an item of a lost worker that is run once more, alone. */
  readonly isRetry: boolean
}

/** The results of a batch, and how long the model took. */
export interface BatchResult {
  readonly results: readonly ItemResult[]
  readonly inferenceMs: number
}

/** The work that waits in the engine of a version. */
export interface WorkSource {
  /** Sum of the estimated costs of the waiting items; 0 if none waits. */
  readonly waitingCost: number
  /** Whether the next batch is an item of a lost worker, which may end another one. */
  readonly nextIsRetry: boolean
  /** Largest cost of a batch. */
  readonly maxBatchCost: number
  /** Cuts the next batch and calls `run` of the runner with it before it returns, unless nobody waits for its items any more. */
  startBatch(): void
}

/** The capabilities of a runner. */
export interface RunnerCapabilities {
  /** Whether a run takes several items; otherwise it takes one. */
  readonly batches: boolean
  /** Whether a run stops when its signal aborts; its items then belong to one request. */
  readonly cancels: boolean
  /** Maximum number of concurrent runs. */
  readonly concurrency: number
  /** Where the model runs: worker processes can crash and be replaced without harm to the API process. */
  readonly isolation: 'process' | 'none'
  /** Whether the model calls other services: then it is called only for requests, not for a warm-up. */
  readonly remote: boolean
}

export interface StartOptions {
  /** True: loads into every worker. False: into one, and into others once one is not enough. */
  readonly everyWorker: boolean
  /** True: other versions are being served, so at least one worker is kept free of loading, if there are several. */
  readonly inBackground: boolean
  /** `memoryInWorker` of an earlier start; without it, the memory is measured, which takes some 20 ms. */
  readonly memoryInWorker?: number | undefined
  /** Whether there is memory for the version in a further worker. */
  readonly mayGrow?: () => boolean
}

/** Runs batches of one version. */
export interface Runner {
  readonly capabilities: RunnerCapabilities
  /** Number of running workers that have loaded the model. */
  readonly workers: number
  /** Private memory that the version was measured to take, in bytes, in all workers that have loaded it. */
  readonly memoryBytes: number
  /** The same in one worker; undefined unless that had loaded another version before, and with it the libraries that versions share. */
  readonly memoryInWorker?: number | undefined
  /** Why the version has no worker, after several attempts in a row; undefined otherwise. */
  readonly failure: ServeryError | undefined
  /** Why the model itself says it cannot answer; only known for models in the API process. */
  readonly unavailableReason?: string | undefined
  /** Set by the engine, before `start`. */
  source: WorkSource
  /** Called whenever `workers`, `failure` or `unavailableReason` may have changed; set by the engine. */
  onChange: () => void
  /** Called when a worker that had loaded the model has ended unexpectedly and is being replaced. */
  onRestart: () => void
  /** Resolves when the model is loaded. @throws ServeryError `MODEL_LOAD_FAILED` */
  start(options: StartOptions): Promise<void>
  /** Loads the version into every worker from now on. */
  spread?(): void
  /** Tells the runner that work waits: it calls `source.startBatch` now or when a worker is free. */
  workArrived(): void
  /** Only called from `source.startBatch`. @throws ServeryError `WORKER_LOST`, `DEADLINE_EXCEEDED` */
  run(batch: Batch, signal: AbortSignal): Promise<BatchResult>
  /** Unloads the model. Only called when nothing runs or waits. */
  stop(): Promise<void>
}

/** The source before the engine has set its own. */
export const NO_WORK: WorkSource = { waitingCost: 0, nextIsRetry: false, maxBatchCost: 0, startBatch: () => {} }
