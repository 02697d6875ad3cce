/** The seam between the engine and where models live. */
import type { ServeryError } from '@servery/core'
import type { Item, ItemResult } from '../model/model.ts'

/** What came back for a batch, and how long the model took. */
export interface BatchResult {
  readonly results: readonly ItemResult[]
  readonly inferenceMs: number
}

/** What a runner can do. */
export interface RunnerCapabilities {
  /** Takes several items at once; else one. */
  readonly batches: boolean
  /** Stops a run when its signal aborts: its items are then of one request. */
  readonly cancels: boolean
  /** Most runs at the same time. */
  readonly concurrency: number
  /** Where the model computes: a process of its own can be lost and replaced without harm to others. */
  readonly isolation: 'process' | 'none'
  /** Answers come from services of others: nothing is asked of them but what callers ask. */
  readonly remote: boolean
}

/** Runs batches of one instance. */
export interface Runner {
  readonly capabilities: RunnerCapabilities
  /** Batches that could be started now. */
  readonly idle: number
  /** Workers that have loaded the model and live. */
  readonly workers: number
  /** Why no worker lives, once several in a row could not be brought up; undefined while one may still come. */
  readonly failure: ServeryError | undefined
  /** Why the model says that it cannot answer; only known of models in this process. */
  readonly unavailableReason?: string | undefined
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
