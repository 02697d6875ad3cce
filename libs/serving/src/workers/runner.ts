import type { Item, ItemResult } from '../model/model.ts'

/** What came back for a batch, and how long the model took. */
export interface BatchResult {
  readonly results: readonly ItemResult[]
  readonly inferenceMs: number
}

/** Runs batches of one instance. The seam between the engine and where models live. */
export interface Runner {
  /** Batches that could be started now. */
  readonly idle: number
  /** True while at least one worker can answer. */
  readonly alive: boolean
  /** Called whenever `idle` or `alive` may have changed; set by the engine. */
  onChange: () => void
  /** Called when a worker died and is being replaced. */
  onRestart: () => void
  /** Resolves when every worker has loaded the model. @throws ServeryError `MODEL_LOAD_FAILED` */
  start(): Promise<void>
  /** Only called while `idle > 0`. @throws ServeryError `WORKER_LOST`, `DEADLINE_EXCEEDED` */
  run(items: readonly Item[], signal: AbortSignal): Promise<BatchResult>
  stop(): Promise<void>
}
