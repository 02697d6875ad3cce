/** The interface between the HTTP app and its protocols. */
import type { ErrorCode } from '@servery/core'
import type { FastifyInstance } from 'fastify'
import type { Transport } from '../inference/call.ts'
import type { Inference } from '../inference/inference.ts'

/** Adds the routes of one protocol, in a Fastify context of its own: its error handler applies to these routes only. */
export type HttpProtocol = (app: FastifyInstance, options: HttpProtocolOptions) => Promise<void>

export interface HttpProtocolOptions {
  readonly inference: Inference
  /**
   * Adds paths to the OpenAPI document, beside those of routes with a schema. The function is called whenever the document is
   * asked for, so that it can describe the models that are loaded then; a route that it describes has the schema `{ hide: true }`.
   */
  readonly documentPaths: (pathsNow: () => OpenApiPaths) => void
}

/** Path items of OpenAPI 3.1, by path: `/v1/model/keywords/predict`. */
export type OpenApiPaths = Readonly<Record<string, object>>

declare module 'fastify' {
  interface FastifyRequest {
    /** To pass to `inference.infer`. */
    transport: Transport
    /** Code of the error in the answer, for the log line and the metrics; set by the error handler. */
    errorCode: ErrorCode | undefined
  }
}
