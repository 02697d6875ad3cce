/** One log line and one metrics call for every finished request. Never the text of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'

export function recordRequest(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { served, problemCode } = request
  const totalMs = round(reply.elapsedTime)
  const line = {
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    code: problemCode,
    totalMs,
  }
  if (served === undefined) {
    request.log.debug(line, 'request')
    return
  }
  const { instance, items, timings } = served
  metrics.requestFinished({
    model: instance.name,
    version: instance.version,
    status: reply.statusCode,
    code: problemCode ?? 'OK',
    seconds: reply.elapsedTime / 1_000,
  })
  const times = timings && { queueMs: round(timings.queueMs), inferenceMs: round(timings.inferenceMs) }
  request.log.info({ ...line, model: instance.name, version: instance.version, items, ...times }, 'request')
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
