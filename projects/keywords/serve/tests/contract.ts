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
}

/** Every keyword is a slice of its document, and every score in range. */
export function checkKeywords({ predicted_document }: Output, document: string): void {
  for (const { keyword_token, keyword_score } of predicted_document) {
    expect(document.includes(keyword_token)).toBe(true)
    expect(Math.abs(keyword_score)).toBeLessThanOrEqual(1)
  }
}
