/** What the contract suite must know of sentiment, in every tier. */
import type { ContractOptions } from '@servery/testkit'
import type { Output } from '../src/schemas.ts'
import servedModel from '../src/served-model.ts'

export const contract: Omit<ContractOptions, 'folder'> = {
  servedModel,
  environment: { SERVERY_REQUEST_TIMEOUT_MS: '250000' },
  configurations: [{ entities: [{ text: 'good' }] }],
  languageSettings: ['language'],
  texts: ['en', 'en-GB', 'en-%', 'Ann', 'Bob', ' ', '.'],
  refusedSettings: [
    { what: 'an entity without a name', configuration: { entities: [{ entity_type: 'ORG' }] }, at: 'entities/0' },
    { what: 'one without text', configuration: { entities: [{ text: 'Ann' }, { text: '' }] }, at: 'entities/1' },
    { what: 'lists of entities for other inputs', configuration: { entities: [[{ text: 'Ann' }]] }, at: 'entities' },
  ],
  wrongArtifacts: [
    {
      file: 'classifier.json',
      content: '{"labels": ["positive", "neutral", "negative"], "max_tokens": 128}',
      sentence: 'classifier.json of the model version',
    },
    { file: 'tokenizer.json', content: '{}', sentence: 'tokenizer.json of the model version' },
  ],
  checkOutput: checkSentiment,
}

/** Probabilities that sum to 1, one entity as asked for, and neutral where the text is not read. */
function checkSentiment({ label, negative_prob, neutral_prob, positive_prob, reason, entities }: Output): void {
  expect(negative_prob + neutral_prob + positive_prob).toBeCloseTo(1, 3)
  expect(entities).toHaveLength(1)
  if (reason) expect(label).toBe('neutral')
}
