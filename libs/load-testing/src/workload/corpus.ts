/** Generates texts of mixed length, the same ones for the same seed. */
import { randomFrom } from './random.ts'
import { CONTENT_WORDS, FUNCTION_WORDS, SYLLABLES } from './words.ts'

/** Median and spread of the number of words: most texts have a few sentences, some are a long paragraph. */
const MEDIAN_WORDS = 24
const SIGMA = 1
const LEAST_WORDS = 3
const MOST_WORDS = 200
const WORDS_PER_SENTENCE = 12

/** Share of function words, as in English prose: models that extract phrases split a text at them. */
const FUNCTION_WORD_SHARE = 0.4

/** Share of names among the other words. Most of them are new to the server, so that its caches do not help. */
const NAME_SHARE = 0.15

/** @returns `count` texts of 3 to 200 words in sentences; their length is log-normal */
export function corpus(count: number, seed: number): string[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => text(wordCount(random), random))
}

function wordCount(random: () => number): number {
  // Box-Muller: a standard normal from two uniform numbers.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(MOST_WORDS, Math.max(LEAST_WORDS, Math.round(MEDIAN_WORDS * Math.exp(SIGMA * normal))))
}

function text(words: number, random: () => number): string {
  const drawn = Array.from({ length: words }, () => word(random))
  const sentences: string[] = []
  for (let i = 0; i < drawn.length; i += WORDS_PER_SENTENCE)
    sentences.push(`${capital(drawn.slice(i, i + WORDS_PER_SENTENCE).join(' '))}.`)
  return sentences.join(' ')
}

/** Some words are frequent and most are rare, as in any text: the index is the square of a uniform number. */
function word(random: () => number): string {
  const isFunctionWord = random() < FUNCTION_WORD_SHARE
  if (!isFunctionWord && random() < NAME_SHARE) return name(random)
  const list = isFunctionWord ? FUNCTION_WORDS : CONTENT_WORDS
  return list[Math.floor(list.length * random() ** 2)] as string
}

/** A name of three syllables, for example Lindorven. */
function name(random: () => number): string {
  const syllables = Array.from({ length: 3 }, () => SYLLABLES[Math.floor(SYLLABLES.length * random())])
  return capital(syllables.join(''))
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
