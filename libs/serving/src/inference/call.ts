/** The one inference call that all protocols make, and its answer. Knows nothing about HTTP. */
import type { ErrorCode } from '@servery/core'
import { type ItemResult, type ModelDefinition, type Operation, operationOf } from '../model/model.ts'
import { type ModelRequest, unknownOperation } from '../model/request.ts'
import type { Timings } from '../repository/repository.ts'
import type { Role } from '../repository/traffic.ts'

interface CallOptions {
  readonly operation: string
  readonly model: string
  /** Default: the default version of the model. */
  readonly version?: string | undefined
  /** Whether the canary of the model is to answer, if it has one; default: by the share that it has. */
  readonly canary?: boolean | undefined
  /** Name of the protocol, for the log line and the metrics. */
  readonly protocol: string
  /**
   * Longest time to the answer, loading on demand included, in milliseconds; it may shorten the server's own limit, never lengthen
   * it. A function is called first of all, and may refuse what the caller asked for.
   */
  readonly deadlineMs?: number | (() => number | undefined) | undefined
  /** True: the first input that fails ends the call with its error. False: the error is the result of that input, and others are answered. */
  readonly failFast?: boolean
  /** The connection to the client; without one, a call is finished when it is answered, and no client can disconnect. */
  readonly transport?: Transport
}

/**
 * A call with its inputs and configuration in canonical form. A protocol whose bodies depend on the version gives a function that decodes
 * them by the operation of the version that answers; it is called again for a version that answers a copy, and may refuse what was sent.
 */
export type InferCall = CallOptions & (Content | { readonly decode: (operation: Operation) => Content })

type Content = Omit<ModelRequest, 'operation'>

/** What a call asks of a version. @throws ServeryError `ROUTE_NOT_FOUND` for an operation that it does not have, and as `decode` */
export function requestFor(definition: ModelDefinition, call: InferCall): ModelRequest {
  const { operation: name } = call
  const operation = operationOf(definition, name)
  if (operation === undefined) throw unknownOperation(definition, name)
  const { inputs, configuration = {} } = 'decode' in call ? call.decode(operation) : call
  return { operation: name, inputs, configuration }
}

/** Whom a call was for. A model or version is undefined if there is none with that name: what a caller invents is no label. */
export interface CallTarget {
  readonly model: string | undefined
  readonly version: string | undefined
  readonly role: Role
}

export interface InferAnswer {
  readonly model: string
  readonly version: string
  /** The operation of the version that answered. */
  readonly operation: Operation
  /** One per input, in order. */
  readonly results: readonly ItemResult[]
  readonly timings: Timings
}

/** One exchange with a client, as far as inference needs it. */
export interface Transport {
  readonly requestId: string
  /** Further fields of the log line, such as method and route. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Calls the listener once, when the answer has been sent or the client has disconnected; at once if that has happened already. */
  onClose(listener: (end: TransportEnd) => void): void
}

export interface TransportEnd {
  /** False if the client disconnected before the whole answer was sent. */
  readonly complete: boolean
  /** Status code of the protocol; for protocols over HTTP, that of HTTP. */
  readonly status: number
  /** Code of the error in the answer; undefined for a success. */
  readonly code: ErrorCode | undefined
  /** Milliseconds from the first byte of the request to the end. */
  readonly totalMs: number
}
