/** Shingles: every run of k consecutive words of a text. */
import { sha1Hash32 } from './sha1.ts'

const SPACE = 0x20
const encoder = new TextEncoder()
/** Most bytes of UTF-8 for one UTF-16 unit. */
const BYTES_PER_UNIT = 3

/**
 * Hashes of all shingles of k words, joined by single spaces, in order and with duplicates; empty if there are
 * fewer than k words. The text is encoded once: a shingle is a range of its bytes.
 *
 * @param words no word may be empty or contain a space
 */
export function shingleHashes(words: readonly string[], k: number): Uint32Array {
  const count = Math.max(0, words.length - k + 1)
  const hashes = new Uint32Array(count)
  if (count === 0) return hashes
  const text = words.join(' ')
  const bytes = new Uint8Array(text.length * BYTES_PER_UNIT)
  const { written } = encoder.encodeInto(text, bytes)
  const ends = wordEnds(bytes, written, words.length)
  for (let i = 0; i < count; i++) hashes[i] = sha1Hash32(bytes, i === 0 ? 0 : ends[i - 1]! + 1, ends[i + k - 1]!)
  return hashes
}

/** The distinct shingles as texts. */
export function shingles(words: readonly string[], k: number): Set<string> {
  const found = new Set<string>()
  for (let i = 0; i + k <= words.length; i++) found.add(words.slice(i, i + k).join(' '))
  return found
}

/** Where each word ends, in bytes. */
function wordEnds(bytes: Uint8Array, length: number, count: number): Uint32Array {
  const ends = new Uint32Array(count)
  let word = 0
  for (let i = 0; i < length; i++) if (bytes[i] === SPACE) ends[word++] = i
  ends[word] = length
  return ends
}
