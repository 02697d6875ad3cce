/** The events that the engine reports, for metrics. */
export interface EngineObserver {
  refused(reason: 'overloaded' | 'too_large' | 'not_ready' | 'shutting_down'): void
  /** Items that never reached the model, because the caller disconnected or the deadline passed. */
  dropped(items: number): void
  batch(batch: { items: number; cost: number; inferenceSeconds: number }): void
  /** Seconds that an item waited for a worker. */
  queued(seconds: number): void
  workerRestarted(): void
}
