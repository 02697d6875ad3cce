/** One request over undici, judged and recorded. */
import { keepParsersGoing } from '@servery/core'
import { Agent } from 'undici'
import { type Exchange, judge } from '../exchange.ts'
import { connectionError, failed, noAnswerWithin } from './failures.ts'
import type { LoopContext } from './loop.ts'

/** Opens as many connections as requests are outstanding, and keeps them. */
export function createAgent(timeoutMs: number): Agent {
  keepParsersGoing()
  // Silence needs no bound of its own: `send` bounds the whole request, so that a server that trickles is bounded too.
  return new Agent({ pipelining: 1, connect: { timeout: timeoutMs }, headersTimeout: 0, bodyTimeout: 0 })
}

/** Never rejects: what goes wrong is recorded. @param intendedAt latency counts from here */
export async function send(agent: Agent, exchange: Exchange, intendedAt: number, context: LoopContext): Promise<void> {
  const { url, timeoutMs, signal, record } = context
  const patience = AbortSignal.timeout(timeoutMs)
  try {
    const { statusCode, body } = await agent.request({
      origin: url,
      path: exchange.path,
      method: exchange.method,
      signal: AbortSignal.any([patience, signal]),
      ...(exchange.body === undefined ? {} : { body: exchange.body, headers: { 'content-type': 'application/json' } }),
    })
    const text = await body.text()
    record(exchange, intendedAt, performance.now() - intendedAt, judge(exchange, statusCode, text))
  } catch (error) {
    if (signal.aborted) return
    const words = patience.aborted ? noAnswerWithin(timeoutMs) : connectionError(error)
    record(exchange, intendedAt, performance.now() - intendedAt, failed(words))
  }
}
