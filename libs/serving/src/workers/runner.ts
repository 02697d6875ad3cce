/** The seam between the engine and where models live. */
import type { ServeryError } from '@servery/core'
import type { Item, ItemResult } from '../model/model.ts'

/** What came back for a batch, and how long the model took. */
export interface BatchResult {
  readonly results: readonly ItemResult[]
  readonly inferenceMs: number
}

/** Runs batches of one instance. */
export interface Runner {
  /** Batches that could be started now. */
  readonly idle: number
  /** Workers that have loaded the model and live. */
  readonly workers: number
  /** Why no worker lives, once several in a row could not be brought up; undefined while one may still come. */
  readonly failure: ServeryError | undefined
  /** What the model says it lacks; only known of models in this process. */
  readonly missing?: string | undefined
  /** Called whenever one of the above may have changed; set by the engine. */
  onChange: () => void
  /** Called when a worker died and is being replaced. */
  onRestart: () => void
  /** Resolves when every worker has loaded the model. @throws ServeryError `MODEL_LOAD_FAILED` */
  start(): Promise<void>
  /** Only called while `idle > 0`. @throws ServeryError `WORKER_LOST`, `DEADLINE_EXCEEDED` */
  run(items: readonly Item[], signal: AbortSignal): Promise<BatchResult>
  stop(): Promise<void>
}
