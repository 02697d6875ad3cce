/**
 * The random number generator of the permutations: MT19937 as used by NumPy's RandomState.
 * Source: Matsumoto and Nishimura, mt19937ar.c (2002), http://www.math.sci.hiroshima-u.ac.jp/m-mat/MT/MT2002/emt19937ar.html
 */

const WORDS = 624
const SHIFT = 397

/** @param seed of `init_genrand` @returns a function that returns the next 32-bit output, 0 to 2^32-1 */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(WORDS)
  state[0] = seed
  for (let i = 1; i < WORDS; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(previous, 1_812_433_253) + i
  }
  let next = WORDS
  return () => {
    if (next === WORDS) {
      twist(state)
      next = 0
    }
    let y = state[next++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const y = (state[i]! & 0x80000000) | (state[(i + 1) % WORDS]! & 0x7fffffff)
    state[i] = state[(i + SHIFT) % WORDS]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
  }
}
