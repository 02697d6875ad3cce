/** MinHash: for every permutation, the smallest value over a set of 32-bit hashes. */
import { KERNEL } from './kernel.ts'
import type { Permutations } from './permutations.ts'

/** The used part of a global that only browser types declare. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  minhash(hashes: number, n: number, pairs: number, count: number, least: number): void
}

const kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(KERNEL, 'base64'))).exports as Kernel
const PAGE_BYTES = 65_536

/**
 * Bit for bit as datasketch: `(((a·h mod 2^64) + b) mod 2^64 mod p) & 0xffffffff`, p = 2^61-1. The product
 * wraps at 2^64 on purpose. Source: datasketch (MIT), `MinHash` of 1.x, `scheme="legacy"` of 2.0.0.
 *
 * @param hashes hashes of the elements; duplicates are allowed
 * @returns one value per permutation; 2^32-1 if there are no elements
 */
export function minHash(hashes: Uint32Array, permutations: Permutations): Uint32Array {
  const count = permutations.length / 2
  // Pairs come first, because they need an alignment of 8 bytes.
  const hashesAt = permutations.byteLength
  const leastAt = hashesAt + hashes.byteLength
  const memory = memoryOf(leastAt + 4 * count)
  new BigUint64Array(memory, 0, permutations.length).set(permutations)
  new Uint32Array(memory, hashesAt, hashes.length).set(hashes)
  kernel.minhash(hashesAt, hashes.length, 0, count, leastAt)
  return new Uint32Array(memory, leastAt, count).slice()
}

/** The memory of the kernel, grown to at least this many bytes. */
function memoryOf(bytes: number): ArrayBuffer {
  const missing = bytes - kernel.memory.buffer.byteLength
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES))
  return kernel.memory.buffer
}
