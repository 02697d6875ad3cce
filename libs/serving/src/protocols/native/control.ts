/**
 * `/v1/repository`: lists the models and loads, unloads and tries versions. Only for callers on this machine, and only with
 * SERVERY_CONTROL_API=true.
 */
import { BlockList, isIPv6 } from 'node:net'
import { ServeryError } from '@servery/core'
import { type Static, Type } from '@servery/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Control, canarySettings, modelIndex, repositoryIndex, shadowSettings } from '../../inference/control.ts'
import type { HttpProtocolOptions } from '../protocol.ts'
import { problemResponses } from './errors.ts'

const modelParams = Type.Object({ model: Type.String() })
const versionParams = Type.Object({ model: Type.String(), version: Type.String() })
const defaultBody = Type.Object({ version: Type.String() }, { additionalProperties: false })
type ModelParams = Static<typeof modelParams>
type VersionParams = Static<typeof versionParams>

const BASE = '/v1/repository'

export async function controlRoutes(
  app: FastifyInstance,
  { inference: { control } }: Pick<HttpProtocolOptions, 'inference'>,
): Promise<void> {
  app.addHook('onRequest', async (request) => checkAllowed(request, control))
  const verbs = control as Control // the hook refuses every request without it
  const hide = control === undefined
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide }
  })
  // Clients send the content type of a body where there is none.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined)
    else app.getDefaultJsonParser('error', 'error')(request, text as string, done)
  })
  app.get(BASE, schemaOf('Lists models, versions and their memory', { response: repositoryIndex }), () => verbs.list())
  app.get<{ Params: ModelParams }>(
    `${BASE}/:model`,
    schemaOf('Shows a model, its versions, canary and shadow', { params: modelParams }),
    ({ params: { model } }) => verbs.model(model),
  )
  app.post<{ Params: VersionParams }>(
    `${BASE}/:model/versions/:version/load`,
    schemaOf('Loads a version, which stays until it is unloaded', { params: versionParams }),
    ({ params: { model, version } }) => verbs.load(model, version),
  )
  app.post<{ Params: VersionParams }>(
    `${BASE}/:model/versions/:version/unload`,
    schemaOf('Finishes the requests of a version, then unloads it', { params: versionParams }),
    ({ params: { model, version } }) => verbs.unload(model, version),
  )
  app.put<{ Params: ModelParams; Body: Static<typeof defaultBody> }>(
    `${BASE}/:model/default`,
    schemaOf('Sets the version that answers requests without a version', { params: modelParams, body: defaultBody }),
    ({ params: { model }, body: { version } }) => verbs.setDefault(model, version),
  )
  app.put<{ Params: ModelParams; Body: Static<typeof canarySettings> }>(
    `${BASE}/:model/canary`,
    schemaOf('Tries a version on a share of the requests', { params: modelParams, body: canarySettings }),
    ({ params: { model }, body }) => verbs.setCanary(model, body),
  )
  app.delete<{ Params: ModelParams }>(
    `${BASE}/:model/canary`,
    schemaOf('Ends the canary', { params: modelParams }),
    ({ params: { model } }) => verbs.endCanary(model),
  )
  app.put<{ Params: ModelParams; Body: Static<typeof shadowSettings> }>(
    `${BASE}/:model/shadow`,
    schemaOf('Lets a version answer copies of requests, for comparison', { params: modelParams, body: shadowSettings }),
    ({ params: { model }, body }) => verbs.setShadow(model, body),
  )
  app.delete<{ Params: ModelParams }>(
    `${BASE}/:model/shadow`,
    schemaOf('Ends the shadow', { params: modelParams }),
    ({ params: { model } }) => verbs.endShadow(model),
  )
}

function schemaOf(
  summary: string,
  { response = modelIndex, ...parts }: { response?: object; params?: object; body?: object },
) {
  const problems = problemResponses([
    'FORBIDDEN',
    'MODEL_NOT_FOUND',
    'VERSION_CONFLICT',
    'INVALID_INPUT',
    'MODEL_LOAD_FAILED',
    'MODEL_NOT_READY',
    'NO_ROOM',
  ])
  return { schema: { summary, tags: ['repository'], ...parts, response: { 200: response, ...problems } } }
}

const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')

/** @throws ServeryError `FORBIDDEN` unless the control routes are on and the caller is a program on this machine */
function checkAllowed(request: FastifyRequest, control: Control | undefined): void {
  if (control === undefined) throw forbidden('The control routes are off; set SERVERY_CONTROL_API=true.')
  const address = request.socket.remoteAddress ?? ''
  if (!loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
    throw forbidden('The control routes answer callers on the same machine only.')
  // Whom a proxy on this machine speaks for may be anywhere.
  if (FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined))
    throw forbidden('The control routes answer no requests that a proxy forwards.')
  // A page of another site in a browser on this machine is such a caller too: it sends its origin, or a name that it points here.
  const { host, origin } = request.headers
  const isLocalName = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(host ?? '')
  if (!isLocalName || (origin !== undefined && origin !== `http://${host}`))
    throw forbidden('The control routes answer no pages of other sites; call them by 127.0.0.1 or localhost.')
}

function forbidden(sentence: string): ServeryError {
  return new ServeryError('FORBIDDEN', sentence)
}
