/** The metrics of the server, read from `/metrics` before, during and after a run. */
import { setTimeout as pause } from 'node:timers/promises'

/** A Prometheus histogram, summed over its labels. */
export interface Distribution {
  readonly count: number
  readonly sum: number
  /** `[upper bound, cumulative count]`, ascending. */
  readonly buckets: readonly (readonly [number, number])[]
}

export interface Snapshot {
  readonly queue: Distribution
  readonly inference: Distribution
  readonly batchItems: Distribution
}

/** undefined if the server has no such metrics or does not answer. */
export async function scrape(url: string): Promise<Snapshot | undefined> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
    return response.ok ? snapshotOf(await response.text()) : undefined
  } catch {
    return undefined
  }
}

export function snapshotOf(text: string): Snapshot | undefined {
  const [queue, inference, batchItems] = ['queue_duration_seconds', 'inference_duration_seconds', 'batch_items'].map(
    (name) => distributionOf(text, `servery_${name}`),
  )
  return queue && inference && batchItems && { queue, inference, batchItems }
}

function distributionOf(text: string, name: string): Distribution | undefined {
  const buckets = new Map<number, number>()
  let [count, sum] = [0, 0]
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue
    const value = Number(line.slice(line.lastIndexOf(' ') + 1))
    if (!Number.isFinite(value)) continue
    const bound = line.match(/le="([^"]+)"/)?.[1]
    if (bound !== undefined) {
      const upper = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
      buckets.set(upper, (buckets.get(upper) ?? 0) + value)
    } else if (line.startsWith(`${name}_count`)) count += value
    else if (line.startsWith(`${name}_sum`)) sum += value
  }
  return buckets.size === 0 ? undefined : { count, sum, buckets: [...buckets].sort(([a], [b]) => a - b) }
}

/** The difference between two snapshots; the whole second one if the server was restarted in between. */
export function between(before: Distribution, after: Distribution): Distribution {
  if (after.count < before.count) return after
  return {
    count: after.count - before.count,
    sum: after.sum - before.sum,
    buckets: after.buckets.map(([bound, count], i) => [bound, count - (before.buckets[i]?.[1] ?? 0)] as const),
  }
}

export function average({ sum, count }: Distribution): number {
  return count === 0 ? 0 : sum / count
}

/** Estimates a quantile by linear interpolation in its bucket, as Prometheus does; 0 without values. */
export function quantile({ buckets, count }: Distribution, share: number): number {
  if (count === 0) return 0
  const rank = share * count
  let [lower, below] = [0, 0]
  for (const [upper, cumulative] of buckets) {
    if (cumulative >= rank && cumulative > below) {
      if (upper === Number.POSITIVE_INFINITY) return lower
      return lower + ((upper - lower) * (rank - below)) / (cumulative - below)
    }
    ;[lower, below] = [upper, cumulative]
  }
  return lower
}

/** Average queue and inference time around one second of the run, in milliseconds; null if nothing was computed. */
export interface ServerSecond {
  readonly queueMs: number | null
  readonly inferenceMs: number | null
}

/** Seconds between two readings. Not more often, since each reading delays requests by some milliseconds. */
const WATCH_SECONDS = 5

/** Reads the metrics periodically until `signal` aborts. @returns one entry per second, in order */
export async function watch(url: string, signal: AbortSignal): Promise<ServerSecond[]> {
  const seconds: ServerSecond[] = []
  let previous = await scrape(url)
  while (!signal.aborted) {
    await pause(WATCH_SECONDS * 1_000, undefined, { signal }).catch(() => {})
    const current = await scrape(url)
    const now = { queueMs: change(previous, current, 'queue'), inferenceMs: change(previous, current, 'inference') }
    seconds.push(...Array.from({ length: WATCH_SECONDS }, () => now))
    previous = current
  }
  return seconds
}

function change(before: Snapshot | undefined, after: Snapshot | undefined, name: 'queue' | 'inference'): number | null {
  if (before === undefined || after === undefined) return null
  const difference = between(before[name], after[name])
  return difference.count === 0 ? null : average(difference) * 1_000
}
