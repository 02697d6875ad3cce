/** The interface of the server to protocols: the inference call, the loaded models, and their readiness. */
import { randomUUID } from 'node:crypto'
import { type ErrorCode, isServeryError, type Logger, ServeryError } from '@servery/core'
import type { ModelCard } from '@servery/model-version'
import { INT8_INSTRUCTIONS, type Int8Instructions, int8Instructions } from '../machine/int8-instructions.ts'
import type { Item, ItemResult, ModelInstance, Operation } from '../model/model.ts'
import { allItems, type PreparedInput, prepareInputs, type SizeLimits } from '../model/request.ts'
import type { LoadedVersion } from '../repository/loaded-version.ts'
import type { Answer, Choice, Chosen, ModelRepository } from '../repository/repository.ts'
import { type CallTarget, type InferAnswer, type InferCall, requestFor } from './call.ts'
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
  readonly #descriptions = new WeakMap<ModelInstance, ModelDescription>()
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
   *   `NO_ROOM`, `WORKER_LOST`, `SHUTTING_DOWN`) or not in time (`DEADLINE_EXCEEDED`, `REQUEST_TIMEOUT`). Pointers refer to the call: `/inputs/3/content`
   */
  async infer(call: InferCall): Promise<InferAnswer> {
    const requestId = call.transport?.requestId ?? randomUUID()
    const { chosen, deadline } = await this.#begin(call, requestId)
    const chosenAt = performance.now()
    const { name: model, version } = chosen.version.instance
    const defaultVersion = chosen.role === 'default' ? version : this.#repository.defaultVersionOf(model)
    const record = this.#recordOf(call, { model, version, role: chosen.role })
    const end = (answer: InferAnswer | undefined, code: ErrorCode | undefined): void =>
      this.#trials.ended(call, chosen, { requestId, defaultVersion, answer, code, ms: performance.now() - chosenAt })
    try {
      const answer = await this.#answer(call, chosen.version, record, deadline)
      record.answered(answer)
      end(answer, undefined)
      return answer
    } catch (error) {
      record.failed(codeOf(error))
      end(undefined, codeOf(error))
      throw error
    } finally {
      chosen.version.release()
    }
  }

  /** Chooses the version that answers, and holds it. A call that is refused before it has one is recorded too. */
  async #begin(call: InferCall, requestId: string): Promise<{ chosen: Chosen; deadline: Deadline }> {
    try {
      const deadline = this.#deadlineOf(call)
      const { model, version, canary } = call
      return { deadline, chosen: await this.#choose({ model, version, canary, requestId }, deadline) }
    } catch (error) {
      this.#recordOf(call, this.#targetOf(call)).failed(codeOf(error))
      throw error
    }
  }

  #recordOf(call: InferCall, target: CallTarget): CallRecord {
    return new CallRecord(call, target, this.#metrics, this.#logger)
  }

  /** Whom a call was for that was refused before a version was chosen. */
  #targetOf({ model, version }: InferCall): CallTarget {
    const role = version === undefined ? 'default' : 'named'
    if (!this.#repository.names.includes(model)) return { model: undefined, version: undefined, role }
    const wanted = version ?? this.#repository.defaultVersionOf(model)
    const known = this.#repository.versionsOf(model).find((each) => each.version === wanted)
    return { model, version: known?.version, role }
  }

  /**
   * Describes a version, which is loaded if it lies in the repository.
   *
   * @param version default: the default version of the model
   * @throws ServeryError `MODEL_NOT_FOUND` naming the loaded models; `MODEL_NOT_READY`, `NO_ROOM`, `DEADLINE_EXCEEDED` if it cannot be loaded
   */
  async describe(model: string, version?: string): Promise<ModelDescription> {
    const deadline = new Deadline(this.limits.requestTimeoutMs)
    const chosen = await this.#choose({ model, version, canary: false, requestId: '' }, deadline)
    chosen.version.release()
    return this.#descriptionOf(chosen.version.instance)
  }

  /**
   * As `describe`, but loads nothing: undefined for a version that is known, but not loaded.
   * @throws ServeryError `MODEL_NOT_FOUND`; `MODEL_NOT_READY` while it is loaded at start
   */
  describeLoaded(model: string, version = this.#repository.defaultVersionOf(model)): ModelDescription | undefined {
    const known = this.#repository.versionsOf(model).find((each) => each.version === version)
    if (known !== undefined && known.loaded === undefined) return undefined
    return this.#descriptionOf(this.#repository.get(model, version).instance)
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

  #choose(choice: Choice, deadline: Deadline): Chosen | Promise<Chosen> {
    return this.#repository.chooseLoaded(choice) ?? this.#inTime(this.#repository.choose(choice), deadline)
  }

  /** A version that is loaded on demand may take longer than a caller waits; what was chosen too late is released. */
  async #inTime(choosing: Promise<Chosen>, { ms, leftMs }: Deadline): Promise<Chosen> {
    const limit = ms === this.limits.requestTimeoutMs ? `${ms} ms (SERVERY_REQUEST_TIMEOUT_MS)` : `${ms} ms`
    const sentence = `The model was not loaded within ${limit}; try again.`
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ServeryError('DEADLINE_EXCEEDED', sentence)), leftMs)
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

  async #answer(call: InferCall, version: LoadedVersion, record: CallRecord, deadline: Deadline): Promise<InferAnswer> {
    const { definition, name: model, version: versionName } = version.instance
    const prepared = prepareInputs(definition, requestFor(definition, call), this.limits)
    const items = call.failFast ? allItems(prepared) : prepared.filter(isItem)
    record.items = prepared.length
    if (items.length === 0) version.checkAccepting()
    const { results, timings } = items.length === 0 ? NO_ITEMS : await version.infer(items, optionsFor(call, deadline))
    const operation = definition.operations[call.operation] as Operation
    return { model, version: versionName, operation, results: merge(prepared, results), timings }
  }

  #deadlineOf({ deadlineMs }: InferCall): Deadline {
    const asked = typeof deadlineMs === 'function' ? deadlineMs() : deadlineMs
    return new Deadline(Math.min(asked ?? Number.POSITIVE_INFINITY, this.limits.requestTimeoutMs))
  }

  /** The same object for a version as long as nothing about it changes. */
  #descriptionOf(instance: ModelInstance): ModelDescription {
    const { name, version, card, definition } = instance
    const isDefault = this.#repository.defaultVersionOf(name) === version
    const known = this.#descriptions.get(instance)
    if (known?.isDefault === isDefault) return known
    const { operations, bio = {} } = definition
    const described = {
      name,
      version,
      isDefault,
      card,
      operations,
      bio,
      limits: this.limits,
      int8Instructions: this.#int8,
    }
    this.#descriptions.set(instance, described)
    return described
  }
}

/** The moment until which a call is answered, from now on. */
class Deadline {
  readonly ms: number
  readonly #at: number

  constructor(ms: number) {
    this.ms = ms
    this.#at = performance.now() + ms
  }

  /** At least 1. */
  get leftMs(): number {
    return Math.max(1, Math.round(this.#at - performance.now()))
  }
}

function optionsFor({ failFast = false, transport }: InferCall, { leftMs }: Deadline) {
  return {
    deadlineMs: leftMs,
    failFast,
    onDisconnect: (disconnected: () => void) =>
      transport?.onClose(({ complete }) => {
        if (!complete) disconnected()
      }),
  }
}

function codeOf(error: unknown): ErrorCode {
  return isServeryError(error) ? error.code : 'INFERENCE_FAILED'
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
