/** Compares all pairs of a list of texts and signatures: estimated and exact similarity, and whether they share a band. */
import { type Bands, estimatedJaccard, isCandidate, shingles, valuesOf } from '@servery/hashing'
import type { ItemResult } from '@servery/serving/model'
import type { Compared, Comparison, Configuration } from '../schemas.ts'
import { ALGORITHMS } from './algorithms.ts'
import type { Parameters } from './parameters.ts'
import { sign, wordsOf } from './sign.ts'

/** A prepared input. */
interface Side {
  /** Undefined for a null signature. */
  readonly values: Uint32Array | undefined
  /** Numbers of its shingles, ascending; undefined for a signature, whose shingles are unknown. */
  readonly shingles: Uint32Array | undefined
}

export function compare(
  inputs: Compared,
  configuration: Configuration,
  parameters: Parameters,
): ItemResult<Comparison> {
  const { bands } = parameters
  const numberOf = numbering()
  const sides = inputs.map((input) => sideOf(input, configuration, parameters, numberOf))
  const foreign = sides.indexOf(undefined)
  if (foreign !== -1) return { error: { code: 'INVALID_INPUT', detail: foreignSentence(foreign, bands) } }
  const pairs = pairsOf(sides as Side[], bands)
  return { output: { signature_algorithm: ALGORITHMS[configuration.algorithm].id, pairs } }
}

/** Undefined for a signature that does not fit this configuration. */
function sideOf(
  input: Compared[number],
  configuration: Configuration,
  { permutations, bands }: Parameters,
  numberOf: (shingle: string) => number,
): Side | undefined {
  if ('signature' in input) {
    if (input.signature === null) return { values: undefined, shingles: undefined }
    const values = valuesOf(input.signature, bands)
    return values && { values, shingles: undefined }
  }
  const words = wordsOf(input.content, configuration)
  // Values outside the bands are left out, so that a text compares like its signature.
  const values = sign(words, configuration.shingle_list, permutations)?.subarray(0, bands.count * bands.rows)
  const numbers = [...shingles(words, configuration.shingle_list)].map(numberOf)
  return { values, shingles: Uint32Array.from(numbers).sort() }
}

/** Gives equal shingles of all texts the same number. */
function numbering(): (shingle: string) => number {
  const numbers = new Map<string, number>()
  return (shingle) => {
    const known = numbers.get(shingle) ?? numbers.size
    if (known === numbers.size) numbers.set(shingle, known)
    return known
  }
}

function pairsOf(sides: readonly Side[], bands: Bands): Comparison['pairs'] {
  return sides.flatMap((a, first) =>
    sides.slice(first + 1).map((b, i) => ({
      first,
      second: first + 1 + i,
      estimated_jaccard: a.values && b.values ? estimatedJaccard(a.values, b.values) : null,
      exact_jaccard: exactJaccard(a.shingles, b.shingles),
      candidate: a.values !== undefined && b.values !== undefined && isCandidate(a.values, b.values, bands),
    })),
  )
}

/** @param a ascending, without repetitions @param b likewise */
function exactJaccard(a: Uint32Array | undefined, b: Uint32Array | undefined): number | null {
  if (!a?.length || !b?.length) return null
  let both = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) both += 1
    const [x, y] = [a[i]!, b[j]!]
    if (x <= y) i += 1
    if (y <= x) j += 1
  }
  return both / (a.length + b.length - both)
}

function foreignSentence(place: number, { count, rows }: Bands): string {
  return `inputs/${place} is no signature of this configuration, which makes ${count} bands of ${rows} values: sign it again, or send the threshold and num_perm that it was made with.`
}
