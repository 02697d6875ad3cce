/** Computes the values of the signature of a text. */
import { minHash, type Permutations, shingleHashes } from '@servery/hashing'
import type { Configuration } from '../schemas.ts'
import { ALGORITHMS } from './algorithms.ts'

/** The words of a text from which its shingles are formed. */
export function wordsOf(content: string, { algorithm, language }: Configuration): string[] {
  return ALGORITHMS[algorithm].wordsOf(content, language)
}

/** One value per permutation; undefined for fewer words than a shingle has. */
export function sign(words: readonly string[], size: number, permutations: Permutations): Uint32Array | undefined {
  const hashes = shingleHashes(words, size)
  return hashes.length === 0 ? undefined : minHash(hashes, permutations)
}
