/** The Fastify app: limits, error handling, probes, docs, metrics and the protocol doors. Translates; does not think. */
import { randomUUID } from 'node:crypto'
import type { Logger } from '@servery/core'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { nativeProtocol } from '../protocols/native/plugin.ts'
import { problemSchema, sendProblem } from '../protocols/problem.ts'
import type { Residents } from '../residents/residents.ts'
import { acceptCompressedBodies } from './compressed-body.ts'
import { answerConnectionError } from './connection-errors.ts'
import { registerDocs } from './docs.ts'
import { lingerAfterEarlyAnswers } from './lingering-close.ts'
import type { Metrics } from './metrics.ts'
import { registerNotFound } from './not-found.ts'
import { registerProbes } from './probes.ts'
import { recordRequest } from './request-record.ts'

export interface AppOptions {
  readonly name: string
  readonly version: string
  readonly residents: Residents
  readonly metrics: Metrics
  readonly logger: Logger
  readonly maxBodyBytes: number
  readonly maxItems: number
  readonly maxCharacters: number
  readonly requestTimeoutMs: number
}

/** Largest time for a client to send its whole request, in milliseconds. */
const RECEIVE_TIMEOUT_MS = 30_000

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { residents, metrics, logger, maxItems, maxCharacters, requestTimeoutMs } = options
  const app = Fastify({
    loggerInstance: logger as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestIdHeader: 'x-request-id',
    // Fastify would turn 12 into "12" and drop a misspelt field in silence; unknown fields are refused instead.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allowUnionTypes: true } },
    clientErrorHandler: answerConnectionError,
    frameworkErrors: sendProblem,
    return503OnClosing: false,
  })
  app.removeContentTypeParser('text/plain')
  app.addSchema(problemSchema)
  app.decorateRequest('problemCode', undefined)
  app.decorateRequest('served', undefined)
  app.setErrorHandler(sendProblem)
  app.addHook('onRequest', (request, reply, done) => {
    // Fastify's onResponse never comes when the caller has left.
    reply.raw.once('close', () => recordRequest(request, reply, metrics))
    reply.header('x-request-id', request.id)
    done()
  })
  acceptCompressedBodies(app)
  lingerAfterEarlyAnswers(app)
  registerNotFound(app, residents)
  await registerDocs(app, options.name, options.version)
  registerProbes(app, residents, options.name)
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
  for (const { instance } of residents.all) {
    await app.register(nativeProtocol, { instance, residents, maxItems, maxCharacters, requestTimeoutMs })
  }
  return app
}
