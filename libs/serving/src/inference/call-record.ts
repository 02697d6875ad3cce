/** Writes one log line and updates the metrics for every call of a model, answered or not. Never logs the text of a request. */
import type { ErrorCode, Logger } from '@servery/core'
import type { ModelInstance } from '../model/model.ts'
import type { InferAnswer, InferCall, TransportEnd } from './call.ts'
import type { Metrics } from './metrics.ts'

export class CallRecord {
  /** Number of inputs, once they are known to be valid. */
  items: number | undefined
  readonly #call: InferCall
  readonly #instance: ModelInstance
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #startedAt = performance.now()
  #answer: InferAnswer | undefined

  /** Writes the record when the transport closes; for a call without transport, when it is answered or has failed. */
  constructor(call: InferCall, instance: ModelInstance, metrics: Metrics, logger: Logger) {
    this.#call = call
    this.#instance = instance
    this.#metrics = metrics
    this.#logger = logger
    call.transport?.onClose((end) => this.#write(end))
  }

  answered(answer: InferAnswer): void {
    this.#answer = answer
    if (this.#call.transport === undefined) this.#write(this.#endOf(undefined))
  }

  failed(code: ErrorCode): void {
    if (this.#call.transport === undefined) this.#write(this.#endOf(code))
  }

  #endOf(code: ErrorCode | undefined): Omit<TransportEnd, 'status'> {
    return { complete: true, code, totalMs: performance.now() - this.#startedAt }
  }

  #write({ code, totalMs, status }: Omit<TransportEnd, 'status'> & { readonly status?: number }): void {
    const { protocol, operation = 'predict', transport } = this.#call
    const { name, version } = this.#instance
    const results = this.#answer?.results ?? []
    // Fields that are undefined are left out of the line.
    this.#logger.info(
      {
        reqId: transport?.requestId,
        ...transport?.fields,
        status,
        code,
        totalMs: round(totalMs),
        protocol,
        model: name,
        version,
        operation,
        items: this.items,
        failedItems: results.filter((result) => 'error' in result).length || undefined,
        queueMs: round(this.#answer?.timings.queueMs),
        inferenceMs: round(this.#answer?.timings.inferenceMs),
      },
      'request',
    )
    this.#metrics.callFinished(this.#instance, { protocol, status, code: code ?? 'OK', seconds: totalMs / 1_000 })
  }
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100
}
