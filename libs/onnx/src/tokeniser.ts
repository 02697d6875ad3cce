/**
 * Converts texts to token ids and offsets with the official binding of Hugging Face's Rust library: ids and offsets equal those of
 * the Python reference. Of a long text, only as much is tokenised as its first tokens need.
 * Why this library: bench/tokenizers/README.md.
 */
import { ServeryError } from '@servery/core'
import type { Encoding, Tokenizer } from 'tokenizers'

/** `[start, end)` in UTF-16 units of the text as given; `[0, 0]` for the special tokens at both ends. */
export type Span = readonly [start: number, end: number]

/** One text as the model reads it. */
export interface EncodedText {
  /** `[t]` token ids from the first special token to the last one, `t <= maxTokens`. */
  readonly ids: readonly number[]
  /** True if the text goes on after the last token of `ids`. */
  readonly truncated: boolean
  /** `[t]` spans, one per id; computed on demand. */
  offsets(): readonly Span[]
}

/** A word of the pre-tokeniser, which splits at white space and around punctuation. */
export interface TokenisedWord {
  /** Its tokens, at least one. */
  readonly ids: readonly number[]
  /** UTF-16 units of the text as given, end exclusive. */
  readonly start: number
  readonly end: number
}

export interface Tokeniser {
  /**
   * One result per text, in order. The first `maxTokens - 2` tokens of a text are kept between the special tokens;
   * they equal those of the whole text, however long it is. A lone surrogate counts as U+FFFD.
   *
   * @throws RangeError if `maxTokens` is below 3
   */
  encode(texts: readonly string[], maxTokens: number): Promise<EncodedText[]>
  /** All words of every text, in order, however long it is. A lone surrogate counts as U+FFFD. */
  words(texts: readonly string[]): Promise<TokenisedWord[][]>
}

/** The used part of the library, so that tests can replace it. */
export interface TokenizerLibrary {
  encodeBatch(texts: string[]): Promise<Pick<Encoding, 'getIds' | 'getOffsets' | 'getWordIds'>[]>
}

type Encoded = Awaited<ReturnType<TokenizerLibrary['encodeBatch']>>[number]

/**
 * Size of the first prefix of a text, in UTF-16 units per token of the limit: European prose has 4 to 6, so one prefix is nearly always
 * enough, and 256 tokens cost 2,048 characters (about 1 ms) instead of 200,000 (300 ms and more for Chinese).
 */
const CHARACTERS_PER_TOKEN = 8
/** Growth of the prefix if words are longer than that: reading a whole text this way costs at most a third more than at once. */
const WINDOW_GROWTH = 4
/** A cut can change the tokens of the word it falls into, and of `[` + `MASK` where it falls into a literal `[MASK]`. */
const WORDS_AT_CUT = 2

/**
 * Opens a `tokenizer.json` whose post-processor adds one special token at each end (BERT). Padding and truncation set in
 * the file are disabled.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if the file cannot be read or adds other special tokens
 */
export async function openTokeniser(file: string): Promise<Tokeniser> {
  // Imported here and not above: API processes import model modules and must not load native code.
  const { Tokenizer } = await import('tokenizers')
  let library: Tokenizer
  try {
    library = Tokenizer.fromFile(file)
  } catch (cause) {
    throw new ServeryError('MODEL_LOAD_FAILED', 'tokenizer.json of the model version cannot be read.', { cause })
  }
  library.disablePadding()
  library.disableTruncation()
  const specials = (await library.encode('')).getLength()
  if (specials !== 2) {
    throw new ServeryError('MODEL_LOAD_FAILED', `tokenizer.json adds ${specials} special tokens to a text, expected 2.`)
  }
  return createTokeniser(library)
}

/** Creates a tokeniser from an opened library whose encodings start and end with one special token. */
export function createTokeniser(library: TokenizerLibrary): Tokeniser {
  return {
    async encode(texts, maxTokens) {
      if (!(maxTokens >= 3))
        throw new RangeError(`maxTokens is ${maxTokens}: two special tokens leave no room for a text`)
      const results: EncodedText[] = new Array(texts.length)
      let open = texts.map((_, index) => index)
      for (let window = maxTokens * CHARACTERS_PER_TOKEN; open.length > 0; window *= WINDOW_GROWTH) {
        const prefixes = open.map((index) => prefixOf(texts[index]!, window))
        const encodings = await library.encodeBatch(prefixes)
        open = open.filter((index, row) => {
          const whole = prefixes[row]!.length === texts[index]!.length
          const result = firstTokens(prefixes[row]!, encodings[row]!, maxTokens, whole)
          if (result !== undefined) results[index] = result
          return result === undefined
        })
      }
      return results
    },
    async words(texts) {
      const encodings = texts.length > 0 ? await library.encodeBatch([...texts]) : []
      return encodings.map((encoding, i) => wordsOf(texts[i]!, encoding))
    },
  }
}

function wordsOf(text: string, encoding: Encoded): TokenisedWord[] {
  const ids = encoding.getIds()
  const words = encoding.getWordIds()
  const found: { ids: number[]; start: number; end: number }[] = []
  let previous: number | null | undefined
  utf16Spans(text, encoding.getOffsets()).forEach(([start, end], t) => {
    const word = words[t]
    if (typeof word !== 'number') return
    const last = found.at(-1)
    if (last && word === previous) {
      last.ids.push(ids[t]!)
      last.end = end
    } else found.push({ ids: [ids[t]!], start, end })
    previous = word
  })
  return found
}

/** At most the first `length` UTF-16 units, without splitting a surrogate pair. */
function prefixOf(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.codePointAt(length - 1)!
  return text.slice(0, last > 0xffff ? length - 1 : length)
}

/** The first tokens of a text; undefined if this prefix is too short to determine them. */
function firstTokens(prefix: string, encoding: Encoded, maxTokens: number, whole: boolean): EncodedText | undefined {
  const ids = encoding.getIds()
  const content = maxTokens - 2
  if (!whole && settledTokens(encoding.getWordIds()) < content) return undefined
  const truncated = !whole || ids.length > maxTokens
  const keep = <T>(row: readonly T[]): readonly T[] =>
    truncated ? [...row.slice(0, content + 1), row[row.length - 1]!] : row
  return { ids: keep(ids), truncated, offsets: () => keep(utf16Spans(prefix, encoding.getOffsets())) }
}

/**
 * Number of content tokens that no text after the prefix can change: all except those of its last words.
 *
 * @param words word of every token, ascending from 0; null for the special tokens at both ends
 */
function settledTokens(words: readonly (number | null | undefined)[]): number {
  const last = words.at(-2) ?? -1
  return words.filter((word) => typeof word === 'number' && word <= last - WORDS_AT_CUT).length
}

/** Converts spans from code points, which the Rust library uses, to UTF-16 units. */
function utf16Spans(text: string, spans: readonly number[][]): Span[] {
  const units = [0]
  for (const character of text) units.push(units[units.length - 1]! + character.length)
  return spans.map(([start, end]) => [units[start!]!, units[end!]!])
}
