/** One log line and one metrics call for every finished request. Never the text of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'

export function recordRequest(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { served, problemCode } = request
  const elapsedMs = reply.elapsedTime
  // Fields that are undefined are left out of the line.
  const line = {
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    code: problemCode,
    totalMs: round(elapsedMs),
    model: served?.instance.name,
    version: served?.instance.version,
    items: served?.items,
    queueMs: round(served?.timings?.queueMs),
    inferenceMs: round(served?.timings?.inferenceMs),
  }
  if (served === undefined) {
    request.log.debug(line, 'request')
    return
  }
  request.log.info(line, 'request')
  metrics.requestFinished({
    model: served.instance.name,
    version: served.instance.version,
    status: reply.statusCode,
    code: problemCode ?? 'OK',
    seconds: elapsedMs / 1_000,
  })
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100
}
