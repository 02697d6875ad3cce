/** The interface of the server to protocols: the inference call, the loaded models, and their readiness. */
import { randomUUID } from 'node:crypto'
import { type ErrorCode, isServeryError, type Logger, ServeryError } from '@servery/core'
import type { ModelCard } from '@servery/model-version'
import { INT8_INSTRUCTIONS, type Int8Instructions, int8Instructions } from '../machine/int8-instructions.ts'
import type { Item, ItemResult, ModelInstance, Operation } from '../model/model.ts'
import { allItems, type PreparedInput, prepareInputs, type SizeLimits } from '../model/request.ts'
import type { LoadedVersion } from '../repository/loaded-version.ts'
import type { Answer, Choice, Chosen, ModelRepository } from '../repository/repository.ts'
import type { InferAnswer, InferCall } from './call.ts'
import { CallRecord } from './call-record.ts'
import { Control } from './control.ts'
import type { Metrics } from './metrics.ts'
import { Trials } from './trials.ts'

export { INT8_INSTRUCTIONS }

export interface InferenceLimits extends SizeLimits {
  /** Time limit for a call, in milliseconds. */
  readonly requestTimeoutMs: number
}

export interface ModelDescription {
  readonly name: string
  readonly version: string
  /** Whether it answers calls without a version. */
  readonly isDefault: boolean
  readonly card: ModelCard
  /** By name, predict among them. */
  readonly operations: Readonly<Record<string, Operation>>
  /** Additional fields that the model describes itself with. */
  readonly bio: Readonly<Record<string, unknown>>
  readonly limits: InferenceLimits
  readonly int8Instructions: Int8Instructions
}

export interface InferenceOptions {
  readonly repository: ModelRepository
  readonly metrics: Metrics
  readonly logger: Logger
  readonly limits: InferenceLimits
  /** Whether callers may change what is loaded. */
  readonly isControlled: boolean
}

export class Inference {
  readonly #repository: ModelRepository
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #trials: Trials
  readonly #int8 = int8Instructions()
  readonly limits: InferenceLimits
  /** Undefined unless callers may change what is loaded. */
  readonly control: Control | undefined

  constructor({ repository, metrics, logger, limits, isControlled }: InferenceOptions) {
    this.#repository = repository
    this.#metrics = metrics
    this.#logger = logger
    this.limits = limits
    this.control = isControlled ? new Control(repository, logger) : undefined
    this.#trials = new Trials({ repository, metrics, logger, requestTimeoutMs: limits.requestTimeoutMs })
    metrics.watch(repository)
  }

  /**
   * Answers every input of a call, in order, and writes its log line and its metrics.
   *
   * The result of an input that is not valid or fails is its error, unless the call is to fail fast.
   *
   * @throws ServeryError for the call as a whole: the model or operation does not exist (`MODEL_NOT_FOUND`, `ROUTE_NOT_FOUND`), the
   *   request is not valid (`INVALID_INPUT`, `INPUT_TOO_LARGE`, codes of the model), cannot be answered now (`OVERLOADED`, `MODEL_NOT_READY`,
   *   `WORKER_LOST`, `SHUTTING_DOWN`) or not in time (`DEADLINE_EXCEEDED`, `REQUEST_TIMEOUT`). Pointers refer to the call: `/inputs/3/content`
   */
  async infer(call: InferCall): Promise<InferAnswer> {
    const startedAt = performance.now()
    const requestId = call.transport?.requestId ?? randomUUID()
    const { model, version, canary } = call
    const chosen = await this.#choose({ model, version, canary, requestId })
    const record = new CallRecord(call, chosen, this.#metrics, this.#logger)
    const end = (answer: InferAnswer | undefined, code: ErrorCode | undefined): void =>
      this.#trials.ended(call, chosen, { requestId, answer, code, ms: performance.now() - startedAt })
    try {
      const answer = await this.#answer(call, chosen.version, record, performance.now() - startedAt)
      record.answered(answer)
      end(answer, undefined)
      return answer
    } catch (error) {
      const code = isServeryError(error) ? error.code : 'INFERENCE_FAILED'
      record.failed(code)
      end(undefined, code)
      throw error
    } finally {
      chosen.version.release()
    }
  }

  /**
   * Describes a version, which is loaded if it lies in the repository.
   *
   * @param version default: the default version of the model
   * @throws ServeryError `MODEL_NOT_FOUND` naming the loaded models; `MODEL_NOT_READY`, `NO_ROOM`, `DEADLINE_EXCEEDED` if it cannot be loaded
   */
  async describe(model: string, version?: string): Promise<ModelDescription> {
    const chosen = await this.#choose({ model, version, canary: false, requestId: '' })
    chosen.version.release()
    return this.#descriptionOf(chosen.version.instance)
  }

  /** Every loaded version. */
  list(): ModelDescription[] {
    return this.#repository.all.map(({ instance }) => this.#descriptionOf(instance))
  }

  /** @throws ServeryError `SHUTTING_DOWN`, or `MODEL_NOT_READY` with the reason, unless the default version of every model can answer */
  checkReady(): void {
    if (this.#repository.isReady) return
    if (this.#repository.isShuttingDown)
      throw new ServeryError('SHUTTING_DOWN', 'The server is shutting down.', { retryAfterSeconds: 1 })
    const reasons = this.#repository.obstacles.join('; ').replace(/\.$/, '')
    throw new ServeryError('MODEL_NOT_READY', `${reasons || 'No model is loaded'}.`, { retryAfterSeconds: 1 })
  }

  #choose(choice: Choice): Chosen | Promise<Chosen> {
    return this.#repository.chooseLoaded(choice) ?? this.#inTime(this.#repository.choose(choice))
  }

  /** A version that is loaded on demand may take longer than a caller waits; what was chosen too late is released. */
  async #inTime(choosing: Promise<Chosen>): Promise<Chosen> {
    const { requestTimeoutMs } = this.limits
    const sentence = `The model was not loaded within ${requestTimeoutMs} ms (SERVERY_REQUEST_TIMEOUT_MS); try again.`
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ServeryError('DEADLINE_EXCEEDED', sentence)), requestTimeoutMs)
    })
    try {
      return await Promise.race([choosing, late])
    } catch (error) {
      choosing.then(({ version }) => version.release()).catch(() => {})
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** @param elapsedMs since the call began */
  async #answer(call: InferCall, version: LoadedVersion, record: CallRecord, elapsedMs: number): Promise<InferAnswer> {
    const { definition, name: model, version: versionName } = version.instance
    const prepared = prepareInputs(definition, call, this.limits)
    const items = call.failFast ? allItems(prepared) : prepared.filter(isItem)
    record.items = prepared.length
    const options = this.#optionsFor(call, elapsedMs)
    if (items.length === 0) version.checkAccepting()
    const { results, timings } = items.length === 0 ? NO_ITEMS : await version.infer(items, options)
    const operation = definition.operations[call.operation] as Operation
    return { model, version: versionName, operation, results: merge(prepared, results), timings }
  }

  #optionsFor({ deadlineMs, failFast = false, transport }: InferCall, elapsedMs: number) {
    const asked = typeof deadlineMs === 'function' ? deadlineMs() : deadlineMs
    return {
      deadlineMs: Math.max(
        1,
        Math.round(Math.min(asked ?? Number.POSITIVE_INFINITY, this.limits.requestTimeoutMs) - elapsedMs),
      ),
      failFast,
      onDisconnect: (disconnected: () => void) =>
        transport?.onClose(({ complete }) => {
          if (!complete) disconnected()
        }),
    }
  }

  #descriptionOf({ name, version, card, definition }: ModelInstance): ModelDescription {
    const { operations, bio = {} } = definition
    const isDefault = this.#repository.defaultVersionOf(name) === version
    return {
      name,
      version,
      isDefault,
      card,
      operations,
      bio,
      limits: this.limits,
      int8Instructions: this.#int8,
    }
  }
}

function isItem(input: PreparedInput): input is Item {
  return !isServeryError(input)
}

const NO_ITEMS: Answer = { results: [], timings: { queueMs: 0, inferenceMs: 0 } }

/** One result per input: its own error, or the result of its item. */
function merge(prepared: readonly PreparedInput[], results: readonly ItemResult[]): readonly ItemResult[] {
  if (prepared.length === results.length) return results
  let next = 0
  return prepared.map((input) =>
    isItem(input) ? (results[next++] as ItemResult) : { error: { code: input.code, detail: input.message } },
  )
}
