/** The one call that every protocol makes, and what it is answered. Knows nothing of HTTP. */
import type { ErrorCode } from '@servery/core'
import type { ItemResult } from '../model/model.ts'
import type { ModelRequest } from '../model/request.ts'
import type { Timings } from '../repository/repository.ts'

export interface InferCall extends ModelRequest {
  readonly model: string
  /** The default version of the model without it. */
  readonly version?: string | undefined
  /** Name of the protocol, for the log line and the metrics. */
  readonly protocol: string
  /** Longest time to the answer, in milliseconds; it may shorten the server's own limit, never lengthen it. */
  readonly deadlineMs?: number | undefined
  /** The first input that fails ends the call with its error; else its result says so and the others are answered. */
  readonly failFast?: boolean
  /** What carries the answer; without it a call counts as finished when it is answered, and nobody can disconnect. */
  readonly transport?: Transport
}

export interface InferAnswer {
  readonly model: string
  readonly version: string
  /** One for each input, in order. */
  readonly results: readonly ItemResult[]
  readonly timings: Timings
}

/** One exchange with a caller, as far as inference needs to know of it. */
export interface Transport {
  readonly requestId: string
  /** Further fields of the log line, such as method and route. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Calls back once, when the answer has been handed over or the caller has disconnected. */
  onClose(listener: (end: TransportEnd) => void): void
}

export interface TransportEnd {
  /** False when the caller disconnected before the whole answer was handed over. */
  readonly complete: boolean
  /** As the protocol counts: of HTTP for protocols over HTTP. */
  readonly status: number
  /** Code of the error that was answered. */
  readonly code: ErrorCode | undefined
  /** Milliseconds from the first byte of the request to the end. */
  readonly totalMs: number
}
