/** `/docs` (Swagger UI, works offline) and `/openapi.json`, both generated from the route schemas. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

export async function registerDocs(app: FastifyInstance, name: string, version: string): Promise<void> {
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
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { tryItOutEnabled: true, docExpansion: 'list' } })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
