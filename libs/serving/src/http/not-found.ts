/** 404 and 405 for requests that match no route; a 405 lists the methods of the path. */
import type { FastifyInstance } from 'fastify'
import { methodNotAllowed, routeNotFound } from '../protocols/native/errors.ts'

export function registerNotFound(app: FastifyInstance): void {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const path = new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[^/]+/g, '[^/]+')}$`)
    routes.push({ path, methods: [method].flat() })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] as string
    const allowed = [...new Set(routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods))]
    if (allowed.length > 0) throw methodNotAllowed(reply, allowed)
    throw routeNotFound()
  })
}
