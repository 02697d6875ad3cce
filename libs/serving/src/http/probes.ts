/** `/v1/`, `/v1/live` and `/v1/ready`: cheap, and true. */

import { ServeryError } from '@servery/core'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problemResponses } from '../protocols/problem.ts'
import type { Residents } from '../residents/residents.ts'

export function registerProbes(app: FastifyInstance, residents: Residents, name: string): void {
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
        summary: 'The process is up',
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
        summary: 'Every model is loaded, has answered its reference requests and has a living worker',
        tags: ['probes'],
        response: {
          200: Type.Object({ ready: Type.Boolean() }),
          ...problemResponses(['MODEL_NOT_READY', 'SHUTTING_DOWN']),
        },
      },
    },
    () => {
      if (residents.isReady) return { ready: true }
      if (residents.isLeaving)
        throw new ServeryError('SHUTTING_DOWN', 'The server is about to end.', { retryAfterSeconds: 1 })
      const states = residents.all.map(
        ({ instance, state, engine }) =>
          `${instance.version} is ${state}${engine.workers > 0 ? '' : `: ${engine.failure?.message ?? 'no worker lives'}`}${engine.missing ? `: ${engine.missing}` : ''}`,
      )
      throw new ServeryError('MODEL_NOT_READY', `${states.join('; ') || 'No model is loaded'}.`, {
        retryAfterSeconds: 1,
      })
    },
  )
}
