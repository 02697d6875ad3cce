/** One log line and one metrics call for every request, answered or not. Never the text of a request. */
import type { ErrorCode } from '@servery/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HTTP_STATUS } from '../protocols/problem.ts'
import type { Metrics } from './metrics.ts'

export function recordRequest(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { served } = request
  const [status, code] = outcomeOf(request, reply)
  const elapsedMs = reply.elapsedTime
  // Fields that are undefined are left out of the line.
  const line = {
    method: request.method,
    route: request.routeOptions.url,
    status,
    code,
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
    status,
    code: code ?? 'OK',
    seconds: elapsedMs / 1_000,
  })
}

/** A caller that left before the whole answer was written counts as 408, whatever it would have been told. */
function outcomeOf(
  { problemCode }: FastifyRequest,
  { raw, statusCode }: FastifyReply,
): [number, ErrorCode | undefined] {
  return raw.writableFinished ? [statusCode, problemCode] : [HTTP_STATUS.REQUEST_TIMEOUT, 'REQUEST_TIMEOUT']
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100
}
