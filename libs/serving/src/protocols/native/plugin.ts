/** The native protocol: `/v1/model/<name>/predict`, further operations and `/bio`, with and without a version. */
import { isServeryError, ServeryError } from '@servery/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InferAnswer } from '../../inference/call.ts'
import type { Inference, ModelDescription } from '../../inference/inference.ts'
import type { ItemOutput, Operation } from '../../model/model.ts'
import { unknownOperation } from '../../model/request.ts'
import type { HttpProtocol, OpenApiPaths } from '../protocol.ts'
import { decodeRequest, encodePointers, encodeResponse, type PredictBody, readBody, responseSchema } from './codec.ts'
import { controlRoutes } from './control.ts'
import { methodNotAllowed, routeNotFound, sendProblem } from './errors.ts'
import { modelPaths } from './openapi.ts'

interface VersionParams {
  readonly model: string
  readonly version?: string
}

interface OperationParams extends VersionParams {
  readonly operation: string
}

const JSON_TYPE = 'application/json; charset=utf-8'
const PREFIX = '/v1/model'
/** Model, version, and what follows: for a route, `bio` or the name of an operation. */
const MODEL_PATH = new RegExp(`^${PREFIX}/([^/]+)(?:/versions/([^/]+))?/(.*)$`)
/** In the OpenAPI document, `modelPaths` describes these routes for each loaded model. */
const hidden = { schema: { hide: true } }

/** The routes serve whatever is loaded when a request arrives. */
export const nativeProtocol: HttpProtocol = async (app, { inference, documentPaths }) => {
  app.setErrorHandler(sendProblem)
  documentPaths(() => loadedPaths(inference))
  await app.register(controlRoutes, { inference })
  await app.register(
    async (routes) => {
      for (const model of ['/:model', '/:model/versions/:version']) {
        routes.get<{ Params: VersionParams }>(`${model}/bio`, hidden, async ({ params }) =>
          bioOf(await inference.describe(params.model, params.version)),
        )
        routes.post<{ Params: OperationParams }>(`${model}/:operation`, hidden, (request, reply) =>
          answer(inference, request, reply),
        )
      }
      routes.setNotFoundHandler(async ({ url }, reply) => {
        const [, model, version, name = ''] = ((url.split('?', 1)[0] as string).match(MODEL_PATH) ?? []).map(decode)
        if (model === undefined) throw routeNotFound()
        throw noRoute(inference.describeLoaded(model, version), name, reply)
      })
    },
    { prefix: PREFIX },
  )
}

async function answer(
  inference: Inference,
  request: FastifyRequest<{ Params: OperationParams }>,
  reply: FastifyReply,
): Promise<unknown> {
  const { model, version, operation: name } = request.params
  if (name === 'bio') throw noRoute(inference.describeLoaded(model, version), name, reply)
  /** As the versions read it that were asked: first the one that answers the caller. */
  const bodies: { readonly operation: Operation; readonly body: PredictBody }[] = []
  try {
    const answered = await inference.infer({
      model,
      version,
      canary: canaryIn(request),
      protocol: 'native',
      operation: name,
      deadlineMs: () => deadlineIn(request, inference.limits.requestTimeoutMs),
      decode: (operation) => {
        const body = readBody(operation, request.body)
        bodies.push({ operation, body })
        return decodeRequest(operation, body)
      },
      failFast: true,
      transport: request.transport,
    })
    setHeaders(reply, answered)
    reply.type(JSON_TYPE).serializer(reply.compileSerializationSchema(answerSchema(answered.operation)))
    return encodeResponse(answered.operation, bodies[0]!.body, (answered.results as ItemOutput[]).map(outputOf))
  } catch (error) {
    const [asked] = bodies
    throw isServeryError(error) && asked ? encodePointers(error, asked.operation, asked.body) : error
  }
}

/** The error for a path below a model that is no route, or not with the method of the request. @param description undefined if the version is not loaded */
function noRoute(description: ModelDescription | undefined, name: string, reply: FastifyReply): ServeryError {
  if (name === 'bio') return methodNotAllowed(reply, ['GET', 'HEAD'])
  if (description === undefined) return routeNotFound()
  if (operationIn(description, name) !== undefined) return methodNotAllowed(reply, ['POST'])
  return unknownOperation(description, name)
}

/** @param name may be that of a property of every object */
function operationIn({ operations }: ModelDescription, name: string) {
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}

/** Each route compiles a schema once. A compiled one writes a list of keywords in half the time that JSON.stringify takes. */
const answerSchemas = new WeakMap<Operation, Record<string, unknown>>()

function answerSchema(operation: Operation): Record<string, unknown> {
  const schema = answerSchemas.get(operation) ?? { ...responseSchema(operation) }
  answerSchemas.set(operation, schema)
  return schema
}

function outputOf({ output }: ItemOutput): unknown {
  return output
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

/** The value of the header x-canary: whether the canary is to answer; undefined leaves that to its share. @throws ServeryError `INVALID_INPUT` */
function canaryIn({ headers }: FastifyRequest): boolean | undefined {
  const header = headers['x-canary']
  if (header === undefined) return undefined
  if (header === 'true' || header === 'false') return header === 'true'
  throw invalidHeader('x-canary', 'must be true or false')
}

/** The value of the header x-request-timeout-ms; undefined if it is missing. @throws ServeryError `INVALID_INPUT` */
function deadlineIn({ headers }: FastifyRequest, limitMs: number): number | undefined {
  const header = headers['x-request-timeout-ms']
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[1-9]\d{0,8}$/.test(header)) return Number(header)
  throw invalidHeader('x-request-timeout-ms', `must be a whole number of milliseconds, 1 to ${limitMs}`)
}

function invalidHeader(name: string, detail: string): ServeryError {
  return new ServeryError('INVALID_INPUT', `The header ${name} ${detail}.`, {
    violations: [{ pointer: `/headers/${name}`, detail }],
  })
}

interface DescribedPaths {
  readonly others: readonly ModelDescription[]
  readonly paths: OpenApiPaths
}

/** By the version that is shown: a description is the same object until it changes. */
const described = new WeakMap<ModelDescription, DescribedPaths>()

/** As `modelPaths`, which is called only if a version has come, changed or gone. */
function pathsOnce(shown: ModelDescription, others: readonly ModelDescription[]): OpenApiPaths {
  const known = described.get(shown)
  const isSame = known?.others.length === others.length && known.others.every((other, i) => other === others[i])
  if (known !== undefined && isSame) return known.paths
  const paths = modelPaths(shown, others)
  described.set(shown, { others, paths })
  return paths
}

/** The paths of every model, as its loaded versions describe themselves. */
function loadedPaths(inference: Inference): OpenApiPaths {
  const loaded = inference.list()
  const names = new Set(loaded.map(({ name }) => name))
  const paths = [...names].map((model) => {
    const versions = loaded.filter(({ name }) => name === model)
    const shown = versions.find(({ isDefault }) => isDefault) ?? (versions[0] as ModelDescription)
    return pathsOnce(
      shown,
      versions.filter((version) => version !== shown),
    )
  })
  return Object.assign({}, ...paths)
}

/** @param segment of a path; undefined if it is not there. The router has refused paths that are not encoded correctly */
function decode(segment: string | undefined): string | undefined {
  return segment && decodeURIComponent(segment)
}

function bioOf({ name, version, card, bio, limits, int8Instructions }: ModelDescription): Record<string, unknown> {
  return {
    model_name: name,
    model_version: version,
    model_card: card,
    languages: card.languages ?? [],
    int8_instructions: int8Instructions,
    limits: {
      max_items: limits.maxItems,
      max_characters: limits.maxCharacters,
      request_timeout_ms: limits.requestTimeoutMs,
    },
    ...(card.max_tokens === undefined ? {} : { max_tokens: card.max_tokens }),
    ...bio,
  }
}
