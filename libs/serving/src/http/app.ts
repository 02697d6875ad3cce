/** The Fastify app: limits, error handling, probes, docs, metrics and the protocols. Contains no logic of inference. */
import { randomUUID } from 'node:crypto'
import type { Logger } from '@servery/core'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Registry } from 'prom-client'
import type { Inference } from '../inference/inference.ts'
import { problemSchema, sendProblem } from '../protocols/native/errors.ts'
import type { HttpProtocol } from '../protocols/protocol.ts'
import { acceptCompressedBodies } from './compressed-body.ts'
import { answerConnectionError } from './connection-errors.ts'
import { registerDocs } from './docs.ts'
import { lingerAfterEarlyAnswers } from './lingering-close.ts'
import { registerNotFound } from './not-found.ts'
import { registerProbes } from './probes.ts'
import { registerTransport } from './transport.ts'

export interface AppOptions {
  /** Name of the server and its version, as the docs show them. */
  readonly name: string
  readonly version: string
  readonly inference: Inference
  readonly protocols: readonly HttpProtocol[]
  readonly metrics: Registry
  readonly logger: Logger
  readonly maxBodyBytes: number
}

/** Time limit for a client to send its whole request, in milliseconds. */
const RECEIVE_TIMEOUT_MS = 30_000
/** Longest name of a model or version in a path, in characters: no folder of a version can have a longer one. */
const LONGEST_NAME = 255

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { name, inference, protocols, metrics, logger } = options
  const app = Fastify({
    loggerInstance: logger as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBodyBytes,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestIdHeader: 'x-request-id',
    // By default Fastify turns 12 into "12" and silently drops a misspelt field; here both are refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true, allowUnionTypes: true } },
    clientErrorHandler: answerConnectionError,
    frameworkErrors: sendProblem,
    routerOptions: { maxParamLength: LONGEST_NAME },
    return503OnClosing: false,
  })
  app.removeContentTypeParser('text/plain')
  app.addSchema(problemSchema)
  app.setErrorHandler(sendProblem)
  registerTransport(app)
  acceptCompressedBodies(app)
  lingerAfterEarlyAnswers(app)
  registerNotFound(app)
  const documentPaths = await registerDocs(app, name, options.version)
  registerProbes(app, inference, name)
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.contentType)
    return metrics.metrics()
  })
  for (const protocol of protocols) await app.register(protocol, { inference, documentPaths })
  return app
}
