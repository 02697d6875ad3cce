/** Prometheus metrics: the observer of every engine, one entry per finished call, and the event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Metric, Registry } from 'prom-client'
import { int8Instructions } from '../machine/int8-instructions.ts'
import type { ModelInstance } from '../model/model.ts'
import type { VersionKey } from '../model/version-key.ts'
import type { LoadResult } from '../repository/loader.ts'
import type { EngineObserver, ModelRepository } from '../repository/repository.ts'
import type { Role } from '../repository/traffic.ts'
import type { CallTarget } from './call.ts'
import { Histogram, type Series } from './histogram.ts'

const MODEL = ['model', 'model_version'] as const
/** Seconds: from a cached answer to the default request timeout. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25]
const ITEMS = [1, 2, 4, 8, 16, 32, 64, 128]
/** The monitor records the time between two of its ticks; this much of it is not a delay. */
const LOOP_RESOLUTION_MS = 10
const COST = [16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096]

/** One finished call. */
export interface FinishedCall {
  readonly protocol: string
  /** Status code of the protocol; undefined for a call without transport. */
  readonly status: number | undefined
  /** `OK`, or the code of the error. */
  readonly code: string
  readonly seconds: number
}

interface CallLabels {
  readonly model: string
  readonly model_version: string
  readonly protocol: string
  readonly role: Role
  readonly status: string | number
  readonly code: string
}

interface CallCounter {
  readonly labels: CallLabels
  /** Shared by all counters of a version, protocol and role. */
  readonly duration: Series
  count: number
}

export class Metrics {
  readonly registry = new Registry()
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  /** Counted here because prom-client's counter builds a string and an object from the labels for every request. */
  readonly #calls = new Map<string, CallCounter>()
  readonly #duration = this.#histogram(
    'request_duration_seconds',
    'Time from the first byte of a request to its answer',
    SECONDS,
  )
  readonly #queueTime = this.#histogram('queue_duration_seconds', 'Time that an item waited for a worker', SECONDS)
  readonly #inference = this.#histogram('inference_duration_seconds', 'Time that a worker took for a batch', SECONDS)
  readonly #batchItems = this.#histogram('batch_items', 'Items of a batch', ITEMS)
  readonly #batchCost = this.#histogram('batch_cost', 'Estimated tokens of a batch', COST)
  readonly #restarts = this.#counter(
    'worker_restarts_total',
    'Worker processes that ended unexpectedly and were replaced',
    MODEL,
  )
  readonly #refused = this.#counter('refused_total', 'Requests refused at admission', [...MODEL, 'reason'])
  readonly #dropped = this.#counter(
    'dropped_items_total',
    'Items whose client disconnected or whose deadline passed before they reached the model',
    MODEL,
  )

  readonly #loads = this.#counter(
    'model_loads_total',
    'Loads of the version that ended: loaded, failed, or refused because there was no room',
    [...MODEL, 'result'],
  )
  readonly #loadTime = this.#histogram(
    'model_load_duration_seconds',
    'Time that a load took, waiting for room included',
    SECONDS,
  )
  readonly #unloads = this.#counter('model_unloads_total', 'Unloads of the version', MODEL)
  readonly #compared = this.#counter(
    'compared_calls_total',
    'Calls that two versions answered, for comparison: same, different, failed, or skipped because there was too much to do',
    [...MODEL, 'role', 'result'],
  )
  readonly #verdicts = this.#counter('canary_verdicts_total', 'Verdicts about canaries: passed or failed', [
    ...MODEL,
    'verdict',
  ])

  constructor() {
    const calls = this.#calls
    new Counter({
      name: 'servery_requests_total',
      help: 'Model calls, answered or failed',
      labelNames: [...MODEL, 'protocol', 'role', 'status', 'code'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const { labels, count } of calls.values()) this.inc(labels, count)
      },
    })
    this.#gauge(
      'cpu_info',
      'Instructions of the CPU for int8 models: vnni, dot-product, none or unknown',
      ['int8'],
      (gauge) => {
        gauge.set({ int8: int8Instructions() }, 1)
      },
    )
    this.#gauge(
      'event_loop_delay_seconds',
      'Event-loop delay of the API process since the last scrape',
      ['quantile'],
      (gauge) => {
        for (const percentile of [50, 99, 100])
          gauge.set(
            { quantile: String(percentile / 100) },
            Math.max(0, this.#loop.percentile(percentile) / 1e9 - LOOP_RESOLUTION_MS / 1_000),
          )
        this.#loop.reset()
      },
    )
    this.#loop.enable()
  }

  /** Exports the state of every loaded version from now on. */
  watch(repository: ModelRepository): void {
    this.#gauge('queue_items', 'Items waiting for a worker', MODEL, (gauge) => {
      for (const { instance, queuedItems } of repository.all) gauge.set(labelsOf(instance), queuedItems)
    })
    this.#gauge('workers', 'Workers that have loaded the model', MODEL, (gauge) => {
      for (const { instance, workers } of repository.all) gauge.set(labelsOf(instance), workers)
    })
    this.#gauge(
      'model_memory_bytes',
      'Private memory of the version in all workers, measured when it was loaded',
      MODEL,
      (gauge) => {
        for (const { instance, memoryBytes } of repository.all) gauge.set(labelsOf(instance), memoryBytes)
      },
    )
    this.#gauge('model_ready', '1 while the model version can answer', MODEL, (gauge) => {
      for (const { instance, isReady } of repository.all) gauge.set(labelsOf(instance), isReady ? 1 : 0)
    })
  }

  observerOf(instance: ModelInstance): EngineObserver {
    const labels = labelsOf(instance)
    const seriesOf = (histogram: Histogram): Series => histogram.of(labels)
    const [queueTime, inference] = [seriesOf(this.#queueTime), seriesOf(this.#inference)]
    const [batchItems, batchCost] = [seriesOf(this.#batchItems), seriesOf(this.#batchCost)]
    this.#restarts.inc(labels, 0)
    this.#dropped.inc(labels, 0)
    return {
      refused: (reason) => this.#refused.inc({ ...labels, reason }),
      dropped: (items) => this.#dropped.inc(labels, items),
      queued: (seconds) => queueTime.observe(seconds),
      workerRestarted: () => this.#restarts.inc(labels),
      batch: ({ items, cost, inferenceSeconds }) => {
        batchItems.observe(items)
        batchCost.observe(cost)
        inference.observe(inferenceSeconds)
      },
    }
  }

  /** A model or version that there is not is an empty label. */
  callFinished(
    { model = '', version = '', role }: CallTarget,
    { protocol, status, code, seconds }: FinishedCall,
  ): void {
    const key = `${model} ${version} ${protocol} ${role} ${status} ${code}`
    const known =
      this.#calls.get(key) ??
      this.#newCounter(key, { model, model_version: version, protocol, role, status: status ?? '', code })
    known.count += 1
    known.duration.observe(seconds)
  }

  loadEnded(key: VersionKey, result: LoadResult, seconds: number): void {
    this.#loads.inc({ ...labelsOf(key), result })
    this.#loadTime.of(labelsOf(key)).observe(seconds)
  }

  unloaded(key: VersionKey): void {
    this.#unloads.inc(labelsOf(key))
  }

  /** @param role of the version that is compared with the default one */
  compared(instance: VersionKey, role: 'canary' | 'shadow', result: 'same' | 'different' | 'failed' | 'skipped'): void {
    this.#compared.inc({ ...labelsOf(instance), role, result })
  }

  verdict(instance: VersionKey, verdict: 'passed' | 'failed'): void {
    this.#verdicts.inc({ ...labelsOf(instance), verdict })
  }

  close(): void {
    this.#loop.disable()
  }

  #newCounter(key: string, labels: CallLabels): CallCounter {
    const { model, model_version, protocol, role } = labels
    const counter = { labels, count: 0, duration: this.#duration.of({ model, model_version, protocol, role }) }
    this.#calls.set(key, counter)
    return counter
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `servery_${name}`, help, labelNames: [...labelNames], registers: [this.registry] })
  }

  #histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const histogram = new Histogram(`servery_${name}`, help, bounds)
    this.registry.registerMetric(histogram as unknown as Metric)
    return histogram
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (gauge: Gauge<L>) => void,
  ): void {
    new Gauge({
      name: `servery_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect() {
        this.reset() // removes the values of unloaded versions
        collect(this as Gauge<L>)
      },
    })
  }
}

function labelsOf({ name, version }: VersionKey): { model: string; model_version: string } {
  return { model: name, model_version: version }
}
