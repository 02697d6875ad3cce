/** Permutations and bands for a pair of threshold and number of permutations, cached. */
import { type Bands, bestBands, drawPermutations, type Permutations } from '@servery/hashing'

export interface Parameters {
  readonly permutations: Permutations
  readonly bands: Bands
}

/** Number of cached pairs: clients use one or a few, and 1,024 permutations take 16 kB. */
const CACHED = 64

/** @returns a function with an LRU cache */
export function createParameters(): (threshold: number, numPerm: number) => Parameters {
  const known = new Map<string, Parameters>()
  return (threshold, numPerm) => {
    const key = `${threshold} ${numPerm}`
    const found = known.get(key) ?? { permutations: drawPermutations(numPerm), bands: bestBands(threshold, numPerm) }
    known.delete(key)
    known.set(key, found)
    if (known.size > CACHED) known.delete(known.keys().next().value as string)
    return found
  }
}
