/**
 * What canaries and shadows learn from calls: counts the calls of a canary and of the default version, lets another version answer a
 * copy of a call and compares, and acts on the verdict. Copies are answered after the call and never returned.
 */
import { type ErrorCode, isServeryError, type Logger } from '@servery/core'
import { firstDifference } from '@servery/model-version'
import { itemsOf } from '../model/request.ts'
import type { Canary } from '../repository/canary.ts'
import type { Chosen, ModelRepository } from '../repository/repository.ts'
import { isInShare } from '../repository/traffic.ts'
import { type InferAnswer, type InferCall, requestFor } from './call.ts'
import type { Metrics } from './metrics.ts'

export interface TrialsOptions {
  readonly repository: ModelRepository
  readonly metrics: Metrics
  readonly logger: Logger
  /** Time limit for a copy, in milliseconds. */
  readonly requestTimeoutMs: number
}

/** How a call ended. */
export interface CallEnd {
  readonly requestId: string
  /** Milliseconds since its version was chosen: the time that a load took says nothing about the version. */
  readonly ms: number
  /** The default version when it began. */
  readonly defaultVersion: string | undefined
  /** undefined if it failed. */
  readonly answer: InferAnswer | undefined
  /** Code of the error; undefined if it was answered. */
  readonly code: ErrorCode | undefined
}

/** Copies that are answered at the same time; a copy beyond is skipped, so that comparison cannot take the server from its callers. */
const MAX_COPIES = 8
/** The errors that a version is to blame for; others, such as of a request that is not valid or of a full queue, say nothing about it. */
const FAILURES: readonly (ErrorCode | undefined)[] = [
  'ITEM_REJECTED',
  'INFERENCE_FAILED',
  'UPSTREAM_FAILED',
  'UPSTREAM_TIMEOUT',
  'MODEL_NOT_READY',
  'WORKER_LOST',
  'DEADLINE_EXCEEDED',
]

type Comparison = 'same' | 'different' | 'failed'

export class Trials {
  readonly #options: TrialsOptions
  #copies = 0

  constructor(options: TrialsOptions) {
    this.#options = options
  }

  /** Called at the end of each call. */
  ended(call: InferCall, { role, trial }: Chosen, end: CallEnd): void {
    if (role === 'named' || !this.#isDefault(call.model, end.defaultVersion)) return
    if (trial !== undefined && this.#isRunning(call.model, trial)) {
      this.#count(call.model, trial, role, end)
      if (role === 'canary') this.#compareCanary(call, trial, end)
    }
    if (role === 'default') this.#compareShadow(call, call.model, end)
  }

  /** Whether a version is still the default: what others answered is not compared with it. */
  #isDefault(name: string, version: string | undefined): boolean {
    return version !== undefined && this.#options.repository.defaultVersionOf(name) === version
  }

  /** Whether a trial is still that of its model, and undecided. */
  #isRunning(name: string, trial: Canary): boolean {
    return trial.verdict === 'undecided' && this.#options.repository.canaryOf(name) === trial
  }

  #count(name: string, trial: Canary, role: 'canary' | 'default', { code, ms }: CallEnd): void {
    const failed = FAILURES.includes(code)
    if (code !== undefined && !failed) return
    if (trial.answered(role, { failed, ms })) this.#decided(name, trial)
  }

  #compareCanary(call: InferCall, trial: Canary, { answer, requestId, defaultVersion: base }: CallEnd): void {
    const { model: name } = call
    const { version, compare_share } = trial.settings
    if (answer === undefined || !isInShare(requestId, `compare ${name} ${version}`, compare_share)) return
    void this.#compare(call, base, answer, { name, version, role: 'canary' }).then((result) => {
      if (result !== 'same' && result !== 'different') return
      if (!this.#isRunning(name, trial) || !this.#isDefault(name, base)) return
      if (trial.compared(result === 'different')) this.#decided(name, trial)
    })
  }

  #compareShadow(call: InferCall, name: string, { answer, requestId }: CallEnd): void {
    const shadow = this.#options.repository.shadowOf(name)
    if (shadow === undefined || answer === undefined) return
    const { version, share } = shadow
    if (!isInShare(requestId, `shadow ${name} ${version}`, share)) return
    void this.#compare(call, version, answer, { name, version, role: 'shadow' })
  }

  /** @param other the version that answers the copy @param tried the version that is on trial */
  async #compare(
    call: InferCall,
    other: string | undefined,
    answer: InferAnswer,
    tried: { readonly name: string; readonly version: string; readonly role: 'canary' | 'shadow' },
  ): Promise<Comparison | 'skipped'> {
    const { metrics, logger } = this.#options
    const isSkipped = other === undefined || this.#copies >= MAX_COPIES
    const { result, detail } = isSkipped ? { result: 'skipped' as const } : await this.#copy(call, other, answer)
    metrics.compared(tried, tried.role, result)
    const { name: model, version, role } = tried
    logger.debug({ model, version, role, result, ...(detail === undefined ? {} : { detail }) }, 'compared')
    return result
  }

  async #copy(call: InferCall, version: string, answer: InferAnswer): Promise<{ result: Comparison; detail?: string }> {
    const { repository, requestTimeoutMs } = this.#options
    this.#copies += 1
    try {
      const chosen = await repository.choose({ model: call.model, version, requestId: '' })
      try {
        const { definition } = chosen.version.instance
        const items = itemsOf(definition, requestFor(definition, call))
        const { results } = await chosen.version.infer(items, { deadlineMs: requestTimeoutMs })
        const isSame = firstDifference(results.map(outputOf), answer.results.map(outputOf)) === undefined
        return { result: isSame ? 'same' : 'different' }
      } finally {
        chosen.version.release()
      }
    } catch (error) {
      return { result: 'failed', detail: isServeryError(error) ? error.code : 'INFERENCE_FAILED' }
    } finally {
      this.#copies -= 1
    }
  }

  #decided(name: string, canary: Canary): void {
    const { metrics, logger } = this.#options
    const { version, promote } = canary.settings
    const verdict = canary.verdict as 'passed' | 'failed'
    metrics.verdict({ name, version }, verdict)
    const fields = { model: name, version, role: 'canary', ...canary.report }
    if (verdict === 'failed') logger.warn(fields, 'canary rolled back')
    else logger.info(fields, 'canary passed')
    if (verdict === 'passed' && promote) this.#promote(name, version)
  }

  /** A version that has lost its workers at this very moment does not become the default; the call that decided is answered all the same. */
  #promote(name: string, version: string): void {
    const { repository, logger } = this.#options
    try {
      repository.setDefault(name, version)
      logger.info({ model: name, version }, 'default version set')
    } catch (error) {
      logger.warn({ model: name, version, reason: String(error) }, 'default version not set')
    }
  }
}

/** Results that failed compare by their code. */
function outputOf(result: InferAnswer['results'][number]): unknown {
  return 'output' in result ? result.output : { error: result.error.code }
}
