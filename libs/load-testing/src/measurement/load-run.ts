/** The measurements of one load run. */
import type { Recorder } from './recorder.ts'
import type { ServerSecond, Snapshot } from './server-metrics.ts'

export interface LoadRun {
  readonly recorder: Recorder
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** Measured seconds. */
  readonly seconds: number
  readonly interrupted: boolean
  /** Delay of the event loop of the load generators, in milliseconds. */
  readonly generatorDelayP99Ms: number
  readonly server: { readonly before: Snapshot | undefined; readonly after: Snapshot | undefined }
  readonly serverSeconds: readonly ServerSecond[]
}
