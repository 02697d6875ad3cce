/** Vectors of texts that come again and again, such as candidate phrases: the least recently used one leaves first. */

export interface VectorCacheOptions {
  /** Name and version of the model that made the vectors: vectors of another one are never answered. */
  readonly model: string
  readonly version: string
  /** Most vectors held; 384 float32 components take about 1.6 kB, their text comes on top. 0 holds none. */
  readonly maxEntries: number
}

export class VectorCache {
  readonly #prefix: string
  readonly #maxEntries: number
  /** A Map iterates in the order of insertion: its first key is the least recently used. */
  readonly #vectors = new Map<string, Float32Array>()

  constructor(options: VectorCacheOptions) {
    this.#prefix = `${options.model}\n${options.version}\n`
    this.#maxEntries = options.maxEntries
  }

  get size(): number {
    return this.#vectors.size
  }

  /** `[d]`, the vector as it was set: shared, not to be written to. Undefined when it is not held. */
  get(text: string): Float32Array | undefined {
    const key = this.#prefix + text
    const vector = this.#vectors.get(key)
    if (vector !== undefined) this.#touch(key, vector)
    return vector
  }

  set(text: string, vector: Float32Array): void {
    this.#touch(this.#prefix + text, vector)
    if (this.#vectors.size > this.#maxEntries) this.#vectors.delete(this.#vectors.keys().next().value!)
  }

  #touch(key: string, vector: Float32Array): void {
    this.#vectors.delete(key)
    this.#vectors.set(key, vector)
  }
}
