/** What a pair of threshold and number of permutations asks for: computed once, then kept. */
import { type Bands, bestBands, drawPermutations, type Permutations } from '@servery/hashing'

export interface Parameters {
  readonly permutations: Permutations
  readonly bands: Bands
}

/** Pairs kept: a caller uses one or a few, and 1,024 permutations are 16 kB. */
const KEPT = 64

/** @returns a function that answers from memory for the pairs asked last */
export function createParameters(): (threshold: number, numPerm: number) => Parameters {
  const known = new Map<string, Parameters>()
  return (threshold, numPerm) => {
    const key = `${threshold} ${numPerm}`
    const found = known.get(key) ?? { permutations: drawPermutations(numPerm), bands: bestBands(threshold, numPerm) }
    known.delete(key)
    known.set(key, found)
    if (known.size > KEPT) known.delete(known.keys().next().value as string)
    return found
  }
}
