/** The native protocol: `/v1/model/<name>/predict`, further operations and `/bio`, with and without a version. */
import { type ErrorCode, isServeryError, ServeryError } from '@servery/core'
import { Type } from '@servery/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { InferAnswer } from '../../inference/call.ts'
import { INT8_INSTRUCTIONS, type Inference, type ModelDescription } from '../../inference/inference.ts'

import type { ItemOutput, Operation } from '../../model/model.ts'
import type { HttpProtocol } from '../protocol.ts'
import {
  decodeRequest,
  encodePointers,
  encodeResponse,
  nestedBody,
  type PredictBody,
  requestSchema,
  responseSchema,
  takesFlatBodies,
} from './codec.ts'
import { problemResponses, sendProblem } from './errors.ts'

interface VersionParams {
  readonly version?: string
}

const PREDICT_CODES: readonly ErrorCode[] = [
  'MALFORMED_REQUEST',
  'MODEL_NOT_FOUND',
  'INPUT_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INVALID_INPUT',
  'UNSUPPORTED_LANGUAGE',
  'ITEM_REJECTED',
  'OVERLOADED',
  'INFERENCE_FAILED',
  'UPSTREAM_FAILED',
  'MODEL_NOT_READY',
  'WORKER_LOST',
  'SHUTTING_DOWN',
  'UPSTREAM_TIMEOUT',
  'DEADLINE_EXCEEDED',
]

/** Adds routes for every model that is loaded when the app is created. */
export const nativeProtocol: HttpProtocol = async (app, { inference }) => {
  app.setErrorHandler(sendProblem)
  for (const model of inference.list()) {
    const base = `/v1/model/${model.name}`
    addRoutes(app, inference, model, base, {})
    const params = Type.Object({ version: Type.String({ examples: [model.version] }) })
    addRoutes(app, inference, model, `${base}/versions/:version`, { params })
  }
}

function addRoutes(
  app: FastifyInstance,
  inference: Inference,
  model: ModelDescription,
  prefix: string,
  params: object,
) {
  app.get(`${prefix}/bio`, { schema: { ...bioRoute(model), ...params } }, (request) =>
    bioOf(inference.describe(model.name, versionIn(request))),
  )
  for (const [name, operation] of Object.entries(model.operations)) {
    const schema = { ...operationRoute(model, operation), ...params }
    app.post(`${prefix}/${name}`, { schema, ...flatBodies(operation) }, async (request, reply) => {
      const body = request.body as PredictBody
      const { inputs, configuration = {} } = decodeRequest(operation, body)
      try {
        const answer = await inference.infer({
          model: model.name,
          version: versionIn(request),
          protocol: 'native',
          operation: name,
          inputs,
          configuration,
          deadlineMs: () => deadlineIn(request, inference.limits.requestTimeoutMs),
          failFast: true,
          transport: request.transport,
        })
        setHeaders(reply, answer)
        return encodeResponse(operation, body, (answer.results as ItemOutput[]).map(outputOf))
      } catch (error) {
        throw isServeryError(error) ? encodePointers(error, operation, body) : error
      }
    })
  }
}

function versionIn(request: FastifyRequest): string | undefined {
  return (request.params as VersionParams).version
}

function outputOf({ output }: ItemOutput): unknown {
  return output
}

/** Converts flat bodies before they are validated, for operations that accept them. */
function flatBodies(operation: Operation) {
  if (!takesFlatBodies(operation)) return {}
  const preValidation = async (request: FastifyRequest) => {
    request.body = nestedBody(operation, request.body)
  }
  return { preValidation }
}

function setHeaders(reply: FastifyReply, { version, timings, results }: InferAnswer): void {
  const { queueMs, inferenceMs } = timings
  const truncated = (results as ItemOutput[]).filter((result) => result.truncated).length
  reply.header('x-model-version', version)
  reply.header(
    'server-timing',
    `queue;dur=${queueMs.toFixed(2)}, inference;dur=${inferenceMs.toFixed(2)}, total;dur=${reply.elapsedTime.toFixed(2)}`,
  )
  if (truncated > 0) reply.header('x-truncated-items', truncated)
}

/** The value of the header x-request-timeout-ms; undefined if it is missing. @throws ServeryError `INVALID_INPUT` */
function deadlineIn({ headers }: FastifyRequest, limitMs: number): number | undefined {
  const header = headers['x-request-timeout-ms']
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[1-9]\d{0,8}$/.test(header)) return Number(header)
  const detail = `must be a whole number of milliseconds, 1 to ${limitMs}`
  throw new ServeryError('INVALID_INPUT', `The header x-request-timeout-ms ${detail}.`, {
    violations: [{ pointer: '/headers/x-request-timeout-ms', detail }],
  })
}

function operationRoute({ name, limits }: ModelDescription, operation: Operation) {
  return {
    summary: operation.summary ?? `Runs ${name} on the inputs`,
    tags: [name],
    headers: Type.Object({
      'x-request-timeout-ms': Type.Optional(Type.String({ description: 'Time limit for the answer, in milliseconds' })),
    }),
    body: requestSchema(operation, limits.maxItems),
    response: { 200: responseSchema(operation), ...problemResponses(PREDICT_CODES) },
  }
}

function bioRoute({ name }: ModelDescription) {
  return {
    summary: `Describes ${name}: version, model card, languages, limits`,
    tags: [name],
    response: {
      200: Type.Object(
        {
          model_name: Type.String(),
          model_version: Type.String(),
          model_card: Type.Object({}, { additionalProperties: true }),
          languages: Type.Array(Type.String()),
          max_tokens: Type.Optional(
            Type.Integer({ description: 'Maximum number of tokens of a text that the model reads' }),
          ),
          int8_instructions: Type.Enum([...INT8_INSTRUCTIONS], {
            description: 'Instructions of this CPU for int8 models; with none, answers may differ slightly',
          }),
          limits: Type.Object({
            max_items: Type.Integer(),
            max_characters: Type.Integer(),
            request_timeout_ms: Type.Integer(),
          }),
        },
        { additionalProperties: true },
      ),
      ...problemResponses(['MODEL_NOT_FOUND']),
    },
  }
}

function bioOf({ name, version, card, bio, limits, int8Instructions }: ModelDescription): Record<string, unknown> {
  return {
    model_name: name,
    model_version: version,
    model_card: card,
    languages: card.languages ?? [],
    ...(card.max_tokens === undefined ? {} : { max_tokens: card.max_tokens }),
    int8_instructions: int8Instructions,
    limits: {
      max_items: limits.maxItems,
      max_characters: limits.maxCharacters,
      request_timeout_ms: limits.requestTimeoutMs,
    },
    ...bio,
  }
}
