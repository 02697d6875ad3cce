import { createHash } from 'node:crypto'
import { bandsOf, drawPermutations, minHash, sha1Hash32, shingleHashes, shingles } from '@servery/hashing'
import fc from 'fast-check'
import { assembledKernel } from '../../assemble-kernel.js'
import { KERNEL } from '../../src/kernel.ts'

const encoder = new TextEncoder()
const P = (1n << 61n) - 1n
const WORD = (1n << 64n) - 1n

const digest = (signature: readonly string[]) => createHash('sha256').update(signature.join('\n')).digest('hex')
const signed = (words: string) =>
  bandsOf(minHash(shingleHashes(words.split(' '), 5), drawPermutations(128)), { count: 18, rows: 7 })

/** The recipe as it is written, in integers of any size. */
function leastValues(hashes: Uint32Array, pairs: BigUint64Array): number[] {
  return Array.from({ length: pairs.length / 2 }, (_, i) => {
    const [a, b] = [pairs[2 * i]!, pairs[2 * i + 1]!]
    const values = [...hashes].map((h) => Number((((a * BigInt(h) + b) & WORD) % P) & 0xffffffffn))
    return Math.min(0xffffffff, ...values)
  })
}

describe('the published recipe', () => {
  it('draws its permutations', () => {
    const pairs = drawPermutations(128)
    expect([...pairs.slice(0, 4)]).toEqual([
      775169054918279404n,
      1758426461858698312n,
      2109959069025162n,
      965365488286768773n,
    ])
    expect([...pairs.slice(-2)]).toEqual([1931671111240692334n, 1454448473341514576n])
    expect(drawPermutations(16)).toEqual(pairs.slice(0, 32))
  })

  it('signs one shingle', () => {
    const hashes = shingleHashes('functions generate hash signatures article'.split(' '), 5)
    expect([...minHash(hashes, drawPermutations(7))]).toEqual([
      1054190742, 1389950563, 1733463627, 2702240395, 417264385, 2938326638, 4266907523,
    ])
  })

  it.each([
    ['functions generate hash signatures article', 'bd58a3b2aa7ef95d3a10febddcb131a0f68ef910c95f53f7105eab4ccd4c61a5'],
    [
      'call functions to generate hash signatures for each article',
      '720344d73e37313e948f248f46154215160861cdb52ee66af2c400dca618a93c',
    ],
  ])('has the bands of "%s"', (words, expected) => {
    expect(digest(signed(words))).toBe(expected)
  })
})

describe('minHash', () => {
  const u64 = fc.bigInt({ min: 0n, max: WORD })
  const u32 = fc.integer({ min: 0, max: 0xffffffff })

  it('is the recipe for all hashes and all 64-bit parameters', () => {
    fc.assert(
      fc.property(
        fc.array(u32, { maxLength: 20 }),
        fc.array(fc.tuple(u64, u64), { minLength: 1, maxLength: 20 }),
        (hashes, pairs) => {
          const parameters = BigUint64Array.from(pairs.flat())
          const set = Uint32Array.from(hashes)
          expect([...minHash(set, parameters)]).toEqual(leastValues(set, parameters))
        },
      ),
    )
  })

  it.each([-2n, -1n, 0n, 1n, P - 1n, P, P + 1n, 7n * P, WORD - 3n - P])('is right at the modulus: p %s', (offset) => {
    const parameters = BigUint64Array.of(1n, P + offset - 3n)
    expect([...minHash(Uint32Array.of(3), parameters)]).toEqual(leastValues(Uint32Array.of(3), parameters))
  })

  it('takes more hashes than its memory first holds, and none', () => {
    const many = Uint32Array.from({ length: 200_000 }, (_, i) => Math.imul(i + 1, 2_654_435_761))
    const pairs = drawPermutations(2)
    const parts = [many.subarray(0, 100_000), many.subarray(100_000)].map((part) => minHash(part, pairs))
    const least = parts[0]!.map((value, i) => Math.min(value, parts[1]![i]!))
    expect(minHash(many, pairs)).toEqual(least)
    expect([...minHash(Uint32Array.of(), pairs)]).toEqual([0xffffffff, 0xffffffff])
  })

  it('runs what kernel.wat says', async () => {
    expect(await assembledKernel()).toContain(`'${KERNEL}'`)
  })
})

describe('sha1Hash32', () => {
  it('is the first four bytes of SHA-1, little-endian, for every length of a last block and more', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i * 37)
    for (let length = 0; length <= 290; length++) {
      const expected = createHash('sha1')
        .update(bytes.subarray(3, 3 + length))
        .digest()
        .readUInt32LE(0)
      expect([length, sha1Hash32(bytes, 3, 3 + length)]).toEqual([length, expected])
    }
  })
})

describe('shingles', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes(' '))

  it('hashes every run of k words, joined by single spaces', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 1, max: 6 }), (words, k) => {
        const expected = words.slice(0, Math.max(0, words.length - k + 1)).map((_, i) => {
          const bytes = encoder.encode(words.slice(i, i + k).join(' '))
          return sha1Hash32(bytes, 0, bytes.length)
        })
        expect([...shingleHashes(words, k)]).toEqual(expected)
      }),
    )
  })

  it('lists each shingle once', () => {
    expect([...shingles(['a', 'b', 'a', 'b', 'a'], 2)]).toEqual(['a b', 'b a'])
    expect([...shingles(['a'], 2)]).toEqual([])
  })
})
