/** `/docs` (Swagger UI, works offline) and `/openapi.json`: the routes that have a schema, and the paths that protocols add to them. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { HttpProtocolOptions, OpenApiPaths } from '../protocols/protocol.ts'

/** @returns adds paths that are asked for whenever the document is */
export async function registerDocs(
  app: FastifyInstance,
  name: string,
  version: string,
): Promise<HttpProtocolOptions['documentPaths']> {
  const sources: (() => OpenApiPaths)[] = []
  const documentNow = () => {
    const document = app.swagger()
    const paths: OpenApiPaths = Object.assign({}, document.paths, ...sources.map((pathsNow) => pathsNow()))
    return { ...document, paths }
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `Servery: ${name}`,
        version,
        description: 'Every error is an application/problem+json document with a stable `code`.',
      },
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { tryItOutEnabled: true, docExpansion: 'list' },
    transformSpecification: documentNow,
    transformSpecificationClone: false,
  })
  app.get('/openapi.json', { schema: { hide: true } }, documentNow)
  return (pathsNow) => void sources.push(pathsNow)
}
