/** The parameters (a, b) of the hash functions h → (a·h + b) mod p of a signature, drawn in the same way as by datasketch. */
import { mersenneTwister } from './mersenne-twister.ts'

const MERSENNE_PRIME = (1n << 61n) - 1n
/** Seed of datasketch: signatures of different seeds cannot be compared. */
const SEED = 1

/** `[2·count]` the pairs (a, b), each below 2^61 - 1. */
export type Permutations = BigUint64Array

export function drawPermutations(count: number): Permutations {
  const next32 = mersenneTwister(SEED)
  const pairs = new BigUint64Array(2 * count)
  for (let i = 0; i < pairs.length; i += 2) {
    pairs[i] = 1n + drawBelow(MERSENNE_PRIME - 1n, next32)
    pairs[i + 1] = drawBelow(MERSENNE_PRIME, next32)
  }
  return pairs
}

/** Uniform in [0, limit) for limits just below 2^61: masked 64-bit draws, the high word first, until one is in range. */
function drawBelow(limit: bigint, next32: () => number): bigint {
  for (;;) {
    const high = BigInt(next32())
    const value = ((high << 32n) | BigInt(next32())) & MERSENNE_PRIME
    if (value < limit) return value
  }
}
