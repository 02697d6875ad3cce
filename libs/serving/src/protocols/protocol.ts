/** What the HTTP app gives to every protocol, and what it takes from one. */
import type { ErrorCode } from '@servery/core'
import type { FastifyInstance } from 'fastify'
import type { Transport } from '../inference/call.ts'
import type { Inference } from '../inference/inference.ts'

/** Adds the routes of one protocol to the app, in a context of its own: its error handler is for these routes alone. */
export type HttpProtocol = (app: FastifyInstance, options: { readonly inference: Inference }) => Promise<void>

declare module 'fastify' {
  interface FastifyRequest {
    /** For `inference.infer`. */
    transport: Transport
    /** Code of the error that was answered, for the log line and the metrics; an error handler sets it. */
    errorCode: ErrorCode | undefined
  }
}
