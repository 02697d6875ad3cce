/**
 * A histogram in the format of Prometheus with one series per set of labels. A series is looked up once, then a value costs one addition:
 * the histogram of prom-client looks up labels and bounds as strings for every value, and every answer records five values.
 */
/** Values by label name; all series of a histogram have the same names. */
export type Labels = Readonly<Record<string, string>>

/** The values of one set of labels. */
export class Series {
  readonly labels: Labels
  readonly #bounds: readonly number[]
  /** Counts per bucket, not cumulative; the last bucket holds the values above every bound. */
  readonly counts: Float64Array
  sum = 0

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels
    this.#bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let bucket = 0
    while (value > this.#bounds[bucket]!) bucket += 1
    this.counts[bucket]! += 1
    this.sum += value
  }
}

interface Value {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** Implements what the registry of prom-client needs of a metric, which is less than its type declares. */
export class Histogram {
  readonly name: string
  readonly #help: string
  readonly #bounds: readonly number[]
  readonly #series = new Map<string, Series>()

  /** @param bounds upper bounds of the buckets, inclusive, ascending */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name
    this.#help = help
    this.#bounds = bounds
  }

  of(labels: Labels): Series {
    const key = Object.values(labels).join(' ')
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const made = new Series(labels, this.#bounds)
    this.#series.set(key, made)
    return made
  }

  get() {
    const values = [...this.#series.values()].flatMap((series) => this.#samples(series))
    return { name: this.name, help: this.#help, type: 'histogram', aggregator: 'sum', values }
  }

  #samples({ labels, counts, sum }: Series): Value[] {
    let count = 0
    const buckets = [...this.#bounds, '+Inf'].map((le, i) => {
      count += counts[i]!
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count }
    })
    const total = (what: string, value: number) => ({ metricName: `${this.name}_${what}`, labels, value })
    return [...buckets, total('sum', sum), total('count', count)]
  }
}
