/** `/v1/`, `/v1/live` and `/v1/ready`: name, liveness and readiness of the server, answered from memory. */
import { Type } from '@servery/schema'
import type { FastifyInstance } from 'fastify'
import type { Inference } from '../inference/inference.ts'
import { problemResponses } from '../protocols/native/errors.ts'

export function registerProbes(app: FastifyInstance, inference: Inference, name: string): void {
  app.get(
    '/v1/',
    {
      schema: {
        summary: 'Name of the server',
        tags: ['probes'],
        response: { 200: Type.Object({ name: Type.String() }) },
      },
    },
    () => ({ name }),
  )
  app.get(
    '/v1/live',
    {
      schema: {
        summary: 'The process is running',
        tags: ['probes'],
        response: { 200: Type.Object({ live: Type.Boolean() }) },
      },
    },
    () => ({ live: true }),
  )
  app.get(
    '/v1/ready',
    {
      schema: {
        summary: 'Every model is loaded, has passed its self-test and has a running worker',
        tags: ['probes'],
        response: {
          200: Type.Object({ ready: Type.Boolean() }),
          ...problemResponses(['MODEL_NOT_READY', 'SHUTTING_DOWN']),
        },
      },
    },
    () => {
      inference.checkReady()
      return { ready: true }
    },
  )
}
