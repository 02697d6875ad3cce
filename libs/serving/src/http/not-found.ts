/** 404 and 405 for requests that match no route; a 405 lists the methods of the path. */
import { ServeryError } from '@servery/core'
import type { FastifyInstance } from 'fastify'
import type { Inference } from '../inference/inference.ts'

const MODEL_PATH = /^\/v1\/model\/([^/]+)(?:\/versions\/([^/]+))?\//

export function registerNotFound(app: FastifyInstance, inference: Inference): void {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const path = new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}$`)
    routes.push({ path, methods: [method].flat() })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] as string
    const allowed = [...new Set(routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods))]
    if (allowed.length > 0) {
      reply.header('allow', allowed.join(', '))
      throw new ServeryError('METHOD_NOT_ALLOWED', `This path supports ${allowed.join(', ')}.`)
    }
    const [, model, version] = path.match(MODEL_PATH) ?? []
    if (model !== undefined) inference.describe(decode(model), version === undefined ? undefined : decode(version))
    throw new ServeryError('ROUTE_NOT_FOUND', 'There is no such route; /docs lists all routes.')
  })
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
