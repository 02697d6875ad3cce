/** What the OpenAPI document says about the routes of a model. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { ErrorCode } from '@servery/core'
import { Type } from '@servery/schema'
import { INT8_INSTRUCTIONS, type ModelDescription } from '../../inference/inference.ts'
import type { Operation } from '../../model/model.ts'
import type { OpenApiPaths } from '../protocol.ts'
import { encodeRequest, requestSchema, responseSchema } from './codec.ts'
import { problemResponses } from './errors.ts'

const OPERATION_CODES: readonly ErrorCode[] = [
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
  'NO_ROOM',
  'WORKER_LOST',
  'SHUTTING_DOWN',
  'UPSTREAM_TIMEOUT',
  'DEADLINE_EXCEEDED',
]

const bioSchema = Type.Object(
  {
    model_name: Type.String(),
    model_version: Type.String(),
    model_card: Type.Object({}, { additionalProperties: true }),
    languages: Type.Array(Type.String()),
    max_tokens: Type.Optional(Type.Integer({ description: 'Maximum number of tokens of a text that the model reads' })),
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
)

const timeoutHeader = {
  in: 'header',
  name: 'x-request-timeout-ms',
  required: false,
  description: 'Time limit for the answer, in milliseconds',
  schema: { type: 'string' },
}

const canaryHeader = {
  in: 'header',
  name: 'x-canary',
  required: false,
  description:
    'Whether the version on trial is to answer, if there is one; by default it answers a share of the requests',
  schema: { type: 'string', enum: ['true', 'false'] },
}

/**
 * The paths of a model, plain and with a version, as its default version describes them.
 * @param others the other loaded versions; those that differ from the default version have paths of their own
 */
export function modelPaths(defaultVersion: ModelDescription, others: readonly ModelDescription[]): OpenApiPaths {
  const model = `/v1/model/${encodeURIComponent(defaultVersion.name)}`
  const routes = routesOf(defaultVersion)
  const differing = others.filter((other) => !isDeepStrictEqual(routesOf(other), routes))
  return {
    ...pathsBelow(model, routes),
    ...pathsBelow(`${model}/versions/{version}`, routesOf(defaultVersion, [versionParameter(defaultVersion)])),
    ...Object.assign(
      {},
      ...differing.map((other) =>
        pathsBelow(`${model}/versions/${encodeURIComponent(other.version)}`, routesOf(other)),
      ),
    ),
  }
}

function pathsBelow(prefix: string, routes: OpenApiPaths): OpenApiPaths {
  return Object.fromEntries(Object.entries(routes).map(([name, route]) => [`${prefix}/${name}`, route]))
}

function versionParameter({ version }: ModelDescription): object {
  return { in: 'path', name: 'version', required: true, schema: { type: 'string' }, example: version }
}

/** The bio and the operations, by name. @param parameters of the path */
function routesOf(model: ModelDescription, parameters: readonly object[] = []): OpenApiPaths {
  const operations = Object.entries(model.operations).map(
    ([name, operation]) => [name, { post: operationOf(model, operation, parameters) }] as const,
  )
  return { bio: { get: bioOf(model, parameters) }, ...Object.fromEntries(operations) }
}

function bioOf({ name }: ModelDescription, parameters: readonly object[]): object {
  return {
    summary: `Describes ${name}: version, model card, languages, limits`,
    tags: [name],
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: responsesOf(bioSchema, ['MODEL_NOT_FOUND']),
  }
}

function operationOf({ name, limits }: ModelDescription, operation: Operation, parameters: readonly object[]): object {
  const schema = plainSchema(requestSchema(operation, limits.maxItems))
  const example = encodeRequest(operation, operation.example)
  return {
    summary: operation.summary ?? `Runs ${name} on the inputs`,
    tags: [name],
    requestBody: { required: true, content: { 'application/json': { schema, example } } },
    parameters: [...parameters, timeoutHeader, canaryHeader],
    responses: responsesOf(responseSchema(operation), OPERATION_CODES),
  }
}

function responsesOf(schema: object, codes: readonly ErrorCode[]): object {
  const success = { description: 'Default Response', content: { 'application/json': { schema } } }
  return plainSchema({ 200: success, ...problemResponses(codes) })
}

/** Schemas as client generators expect them: a constant as an enumeration of one value, and no names within. */
function plainSchema(schema: object): object {
  const plain = (_key: string, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const { $id, const: constant, ...rest } = part as Record<string, unknown>
    // The fields of an object may have these names too; theirs are schemas.
    const named = typeof $id === 'object' ? { $id } : {}
    if (constant === undefined) return { ...rest, ...named }
    return typeof constant === 'object' ? { ...rest, ...named, const: constant } : { ...rest, enum: [constant] }
  }
  return JSON.parse(JSON.stringify(schema, plain))
}
