/** What the contract suite must know of keywords, in every tier. */
import type { ContractOptions } from '@servery/testkit'
import type { Output } from '../src/schemas.ts'
import servedModel from '../src/served-model.ts'

export const contract: Omit<ContractOptions, 'folder'> = {
  servedModel,
  inputOf: (document) => ({ document }),
  configurations: [{ keyphrase_ngram_range: [1, 3] }],
  texts: ['english', 'de', 'wind'],
  checkOutput: checkKeywords,
  refusedSettings: [
    { what: 'too few candidates', configuration: { use_maxsum: true, nr_candidates: 4 }, at: 'nr_candidates' },
    { what: 'an unknown language of stop words', configuration: { stop_words: 'klingon' }, at: 'stop_words' },
    { what: 'a range that runs down', configuration: { keyphrase_ngram_range: [2, 1] }, at: 'keyphrase_ngram_range' },
    { what: 'one list of seeds for two documents', configuration: { seed_keywords: [['a']] }, at: 'seed_keywords' },
    { what: 'a number as text', configuration: { top_n: '3' }, at: 'top_n' },
    { what: 'a diversity above 1', configuration: { diversity: 1.5 }, at: 'diversity' },
  ],
}

/** Every keyword is a slice of its document, and every score in range. */
export function checkKeywords({ predicted_document }: Output, document: string): void {
  for (const { keyword_token, keyword_score } of predicted_document) {
    expect(document.includes(keyword_token)).toBe(true)
    expect(Math.abs(keyword_score)).toBeLessThanOrEqual(1)
  }
}
