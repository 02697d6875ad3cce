/** What the contract suite must know of ner, in every tier. */
import type { ContractOptions } from '@servery/testkit'
import type { Output } from '../src/schemas.ts'
import servedModel from '../src/served-model.ts'

export const contract: Omit<ContractOptions, 'folder'> = {
  servedModel,
  // The longest texts take seconds, and ten times that on a busy machine.
  environment: { SERVERY_REQUEST_TIMEOUT_MS: '250000' },
  configurations: [{}, { content_type: 'text/html' }],
  languageSettings: ['language'],
  texts: ['en', 'en-GB', 'en-%', 'de', '<p>Ann&'],
  refusedSettings: [{ what: 'a boolean as text', configuration: { return_pos: 'true' }, at: 'return_pos' }],
  wrongArtifacts: [
    { file: 'gazetteer.tsv', content: 'river\t1 2\n', sentence: 'Line 1 of gazetteer.tsv' },
    { file: 'tagger.json', content: '{"labels": ["O"]}', sentence: 'tagger.json of the model version' },
  ],
  checkOutput: checkEntities,
}

/** Every entity is a slice of the text, by its places in UTF-16 units. */
export function checkEntities({ predicted_content }: Output, content: string): void {
  for (const { entity_text, score, start, end, document_start, document_end } of predicted_content) {
    expect(content.slice(document_start, document_end)).toBe(entity_text)
    expect(end! - start!).toBe(entity_text.length)
    expect(score).toBeLessThanOrEqual(1)
  }
}
