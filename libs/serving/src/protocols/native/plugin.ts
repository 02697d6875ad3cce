/** The native protocol: `/v1/model/<name>/predict`, further operations and `/bio`, with and without a version. */
import { type ErrorCode, ServeryError } from '@servery/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Timings } from '../../engine/pending-request.ts'
import { INT8_INSTRUCTIONS, int8Instructions } from '../../machine/int8-instructions.ts'
import {
  answerOf,
  checkSize,
  itemsOf,
  nestedBody,
  type PredictBody,
  requestSchema,
  responseSchema,
} from '../../model/body.ts'
import { type ModelInstance, type Operation, operationOf } from '../../model/model.ts'
import type { Resident } from '../../residents/resident.ts'
import type { Residents } from '../../residents/residents.ts'
import { problemResponses } from '../problem.ts'

export interface NativeProtocolOptions {
  readonly instance: ModelInstance
  readonly residents: Residents
  readonly maxItems: number
  readonly maxCharacters: number
  readonly requestTimeoutMs: number
}

/** What a predict request was answered by, for the log line and the metrics. */
export interface Served {
  readonly instance: ModelInstance
  items: number
  timings: Timings | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    served: Served | undefined
  }
}

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

export async function nativeProtocol(app: FastifyInstance, options: NativeProtocolOptions): Promise<void> {
  const { instance, residents } = options
  const base = `/v1/model/${instance.name}`
  const resident = (request: FastifyRequest) => residents.get(instance.name, (request.params as VersionParams).version)
  for (const prefix of [base, `${base}/versions/:version`]) {
    const params =
      prefix === base ? {} : { params: Type.Object({ version: Type.String({ examples: [instance.version] }) }) }
    app.get(`${prefix}/bio`, { schema: { ...bioRoute(instance), ...params } }, (request) =>
      bioOf(resident(request).instance, options),
    )
    for (const operation of [undefined, ...Object.keys(instance.definition.operations ?? {})]) {
      const schema = { ...operationRoute(options, operation), ...params }
      const taken = { schema, ...flatBodies(operationOf(instance.definition, operation)) }
      app.post(`${prefix}/${operation ?? 'predict'}`, taken, async (request, reply) => {
        const answering = resident(request)
        request.served = { instance: answering.instance, items: 0, timings: undefined }
        return answer(request, reply, answering, options, operation)
      })
    }
  }
}

/** Nests flat bodies before they are validated; nothing for an operation that takes none. */
function flatBodies(operation: Operation) {
  if (!operation.flat) return {}
  const preValidation = async (request: FastifyRequest) => {
    request.body = nestedBody(operation, request.body)
  }
  return { preValidation }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  resident: Resident,
  options: NativeProtocolOptions,
  operation: string | undefined,
): Promise<unknown> {
  const served = request.served as Served
  const { definition, version } = served.instance
  const body = request.body as PredictBody
  checkSize(body, options)
  const items = itemsOf(definition, body, operation)
  served.items = items.length
  const answered = await resident.infer(items, {
    deadlineMs: deadlineOf(request, options.requestTimeoutMs),
    onCaller: (leave) => onLeft(reply, leave),
  })
  served.timings = answered.timings
  const { queueMs, inferenceMs } = answered.timings
  reply.header('x-model-version', version)
  reply.header(
    'server-timing',
    `queue;dur=${queueMs.toFixed(2)}, inference;dur=${inferenceMs.toFixed(2)}, total;dur=${reply.elapsedTime.toFixed(2)}`,
  )
  if (answered.truncatedItems > 0) reply.header('x-truncated-items', answered.truncatedItems)
  return answerOf(operationOf(definition, operation), body, answered.outputs)
}

/** The connection closed before the answer was written: nobody waits for it any more. */
function onLeft(reply: FastifyReply, leave: () => void): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) leave()
  })
}

/** The header may shorten the server's own limit, never lengthen it. */
function deadlineOf(request: FastifyRequest, limitMs: number): number {
  const header = request.headers['x-request-timeout-ms']
  if (header === undefined) return limitMs
  if (typeof header === 'string' && /^[1-9]\d{0,8}$/.test(header)) return Math.min(Number(header), limitMs)
  const detail = `must be a whole number of milliseconds, 1 to ${limitMs}`
  throw new ServeryError('INVALID_INPUT', `The header x-request-timeout-ms ${detail}.`, {
    violations: [{ pointer: '/headers/x-request-timeout-ms', detail }],
  })
}

function operationRoute({ instance, maxItems }: NativeProtocolOptions, name: string | undefined) {
  const { definition } = instance
  const operation = operationOf(definition, name)
  return {
    summary: definition.operations?.[name ?? '']?.summary ?? `Answers inputs with ${instance.name}`,
    tags: [instance.name],
    headers: Type.Object({
      'x-request-timeout-ms': Type.Optional(
        Type.String({ description: 'Answer within so many milliseconds or not at all' }),
      ),
    }),
    body: requestSchema(operation, maxItems),
    response: { 200: responseSchema(operation), ...problemResponses(PREDICT_CODES) },
  }
}

function bioRoute(instance: ModelInstance) {
  return {
    summary: `What ${instance.name} is: version, model card, languages, limits`,
    tags: [instance.name],
    response: {
      200: Type.Object(
        {
          model_name: Type.String(),
          model_version: Type.String(),
          model_card: Type.Object({}, { additionalProperties: true }),
          languages: Type.Array(Type.String()),
          max_tokens: Type.Optional(Type.Integer({ description: 'The model reads only so many tokens of a text' })),
          int8_instructions: Type.Enum([...INT8_INSTRUCTIONS], {
            description: 'What this CPU has for int8 models; with none, answers may differ a little',
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

function bioOf(
  { name, version, card, definition }: ModelInstance,
  options: NativeProtocolOptions,
): Record<string, unknown> {
  return {
    model_name: name,
    model_version: version,
    model_card: card,
    languages: card.languages ?? [],
    ...(card.max_tokens === undefined ? {} : { max_tokens: card.max_tokens }),
    int8_instructions: int8Instructions(),
    limits: {
      max_items: options.maxItems,
      max_characters: options.maxCharacters,
      request_timeout_ms: options.requestTimeoutMs,
    },
    ...definition.bio,
  }
}
