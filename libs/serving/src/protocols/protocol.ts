/** The interface between the HTTP app and its protocols. */
import type { ErrorCode } from '@servery/core'
import type { FastifyInstance } from 'fastify'
import type { Transport } from '../inference/call.ts'
import type { Inference } from '../inference/inference.ts'

/** Adds the routes of one protocol, in a Fastify context of its own: its error handler applies to these routes only. */
export type HttpProtocol = (app: FastifyInstance, options: { readonly inference: Inference }) => Promise<void>

declare module 'fastify' {
  interface FastifyRequest {
    /** To pass to `inference.infer`. */
    transport: Transport
    /** Code of the error in the answer, for the log line and the metrics; set by the error handler. */
    errorCode: ErrorCode | undefined
  }
}
