/**
 * The element hash of datasketch: the first four bytes of SHA-1, little-endian. Implemented here because one call of
 * node:crypto takes longer than hashing a shingle of a few words, and a text has hundreds of them; `make bench` measures it.
 * Source: FIPS 180-4, section 6.1.2.
 */

/** `[80]` message schedule. */
const w = new Int32Array(80)
/** `[5]` intermediate hash value. */
const state = new Int32Array(5)
const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)

/** @param bytes the message is `[start, end)` @returns 0 to 2^32-1 */
export function sha1Hash32(bytes: Uint8Array, start: number, end: number): number {
  state.set(INITIAL)
  let at = start
  for (; end - at >= 64; at += 64) addBlock(bytes, at, at + 64)
  addLastBlocks(bytes, at, end, end - start)
  const first = state[0]!
  return (((first & 0xff) << 24) | ((first & 0xff00) << 8) | ((first >>> 8) & 0xff00) | (first >>> 24)) >>> 0
}

/** The rest of the message, under 64 bytes, with its padding: a one bit, zeros and the length in bits. */
function addLastBlocks(bytes: Uint8Array, at: number, end: number, length: number): void {
  const left = end - at
  load(bytes, at, end)
  w[left >> 2]! |= 0x80 << (24 - 8 * (left & 3))
  if (left >= 56) {
    mix()
    w.fill(0, 0, 14)
  }
  w[14] = length / 2 ** 29
  w[15] = length << 3
  mix()
}

function addBlock(bytes: Uint8Array, start: number, end: number): void {
  load(bytes, start, end)
  mix()
}

/** Loads at most 64 bytes as big-endian words, padded with zeros. */
function load(bytes: Uint8Array, start: number, end: number): void {
  for (let i = 0; i < 16; i++) w[i] = 0
  for (let i = start; i < end; i++) w[(i - start) >> 2]! |= bytes[i]! << (24 - 8 * ((i - start) & 3))
}

/** The four phases of twenty rounds are unrolled: a single loop that selects the function takes nearly twice as long. */
function mix(): void {
  for (let t = 16; t < 80; t++) w[t] = rotl(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1)
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let next = 0
  for (let t = 0; t < 20; t++) {
    next = (rotl(a, 5) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + w[t]!) | 0
    e = d
    d = c
    c = rotl(b, 30)
    b = a
    a = next
  }
  for (let t = 20; t < 40; t++) {
    next = (rotl(a, 5) + (b ^ c ^ d) + e + 0x6ed9eba1 + w[t]!) | 0
    e = d
    d = c
    c = rotl(b, 30)
    b = a
    a = next
  }
  for (let t = 40; t < 60; t++) {
    next = (rotl(a, 5) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + w[t]!) | 0
    e = d
    d = c
    c = rotl(b, 30)
    b = a
    a = next
  }
  for (let t = 60; t < 80; t++) {
    next = (rotl(a, 5) + (b ^ c ^ d) + e + 0xca62c1d6 + w[t]!) | 0
    e = d
    d = c
    c = rotl(b, 30)
    b = a
    a = next
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
}

function rotl(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}
