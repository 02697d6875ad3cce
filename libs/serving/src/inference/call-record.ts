/** Writes one log line and updates the metrics for every call of a model, answered or not. Never logs the text of a request. */
import type { ErrorCode, Logger } from '@servery/core'
import type { Timings } from '../repository/repository.ts'
import type { CallTarget, InferAnswer, InferCall, TransportEnd } from './call.ts'
import type { Metrics } from './metrics.ts'

export class CallRecord {
  /** Number of inputs, once they are known to be valid. */
  items = 0
  readonly #call: InferCall
  readonly #target: CallTarget
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #startedAt = performance.now()
  #timings: Timings | undefined
  /** Of all inputs; undefined for a model that does not count. */
  #tokens: number | undefined
  /** undefined when none failed. */
  #failedItems: number | undefined

  /** Writes the record when the transport closes; for a call without transport, when it is answered or has failed. */
  constructor(call: InferCall, target: CallTarget, metrics: Metrics, logger: Logger) {
    this.#call = call
    this.#target = target
    this.#metrics = metrics
    this.#logger = logger
    call.transport?.onClose((end) => this.#write(end))
  }

  answered(answer: InferAnswer): void {
    this.#timings = answer.timings
    this.#tokens = tokensOf(answer)
    if (!this.#call.failFast)
      this.#failedItems = answer.results.filter((result) => 'error' in result).length || undefined
    if (this.#call.transport === undefined) this.#write(this.#endOf(undefined))
  }

  failed(code: ErrorCode): void {
    if (this.#call.transport === undefined) this.#write(this.#endOf(code))
  }

  #endOf(code: ErrorCode | undefined): Omit<TransportEnd, 'status'> {
    return { complete: true, code, totalMs: performance.now() - this.#startedAt }
  }

  #write({ code, totalMs, status }: Omit<TransportEnd, 'status'> & { readonly status?: number }): void {
    const { protocol, operation, transport } = this.#call
    const { model, version, role } = this.#target
    // Fields that are undefined are left out of the line.
    this.#logger.info(
      {
        reqId: transport?.requestId,
        ...transport?.fields,
        status,
        code,
        totalMs: round(totalMs),
        protocol,
        model,
        version,
        role,
        operation,
        items: this.items,
        tokens: this.#tokens,
        failedItems: this.#failedItems,
        queueMs: round(this.#timings?.queueMs),
        inferenceMs: round(this.#timings?.inferenceMs),
      },
      'request',
    )
    this.#metrics.callFinished(this.#target, { protocol, status, code: code ?? 'OK', seconds: totalMs / 1_000 })
  }
}

function tokensOf({ results }: InferAnswer): number | undefined {
  let tokens: number | undefined
  for (const result of results)
    if ('usage' in result && result.usage !== undefined) tokens = (tokens ?? 0) + result.usage.tokens
  return tokens
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100
}
