/** An LRU cache for the vectors of frequent texts, such as candidate phrases. */

export interface VectorCacheOptions {
  /** Name and version of the model that made the vectors: they are part of the key. */
  readonly model: string
  readonly version: string
  /** Maximum number of vectors; 384 float32 components take about 1.6 kB, plus their text. 0 disables the cache. */
  readonly maxEntries: number
}

export class VectorCache {
  readonly #prefix: string
  readonly #maxEntries: number
  /** A Map iterates in insertion order, so its first key is the least recently used. */
  readonly #vectors = new Map<string, Float32Array>()

  constructor(options: VectorCacheOptions) {
    this.#prefix = `${options.model}\n${options.version}\n`
    this.#maxEntries = options.maxEntries
  }

  get size(): number {
    return this.#vectors.size
  }

  /** The vector `[d]` that was set, shared: do not write to it. Undefined if it is not cached. */
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
