export { occurrences, type Phrase, type PhraseOptions, phrases } from './phrases.ts'
export { STOP_WORD_LANGUAGES, stopWords } from './stop-words.ts'
export { type Word, words } from './words.ts'
