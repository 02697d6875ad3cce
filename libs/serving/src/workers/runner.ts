/** The interface between the engine and the place where models run. */
import type { ServeryError } from '@servery/core'
import type { Item, ItemResult } from '../model/model.ts'

/** The results of a batch, and how long the model took. */
export interface BatchResult {
  readonly results: readonly ItemResult[]
  readonly inferenceMs: number
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

/** Runs batches of one instance. */
export interface Runner {
  readonly capabilities: RunnerCapabilities
  /** Number of batches that could be started now. */
  readonly idle: number
  /** Number of running workers that have loaded the model. */
  readonly workers: number
  /** Why there is no worker, after several in a row failed to start; undefined otherwise. */
  readonly failure: ServeryError | undefined
  /** Why the model itself says it cannot answer; only known for models in the API process. */
  readonly unavailableReason?: string | undefined
  /** Called whenever one of the above may have changed; set by the engine. */
  onChange: () => void
  /** Called when a worker has ended unexpectedly and is being replaced. */
  onRestart: () => void
  /** Resolves when every worker has loaded the model. @throws ServeryError `MODEL_LOAD_FAILED` */
  start(): Promise<void>
  /** Only called while `idle > 0`. @throws ServeryError `WORKER_LOST`, `DEADLINE_EXCEEDED` */
  run(items: readonly Item[], signal: AbortSignal): Promise<BatchResult>
  stop(): Promise<void>
}
