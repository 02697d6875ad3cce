/** The model in process, without services: entities that are sent are linked in every text. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel({
  folder: import.meta.dirname,
  servedModel,
  inputOf: (content) => ({ content, entities: [{ text: 'England' }, { text: '(' }, { text: '.*' }] }),
  hostileTexts: [
    ['full of names', 'England and Barclays bank. '.repeat(7_400)],
    ['names that look like expressions', 'A (England) [Wales] \\d+ .*'],
  ],
  checkOutput({ entities }: { entities: unknown[] }) {
    expect(entities[0]).toEqual({ text: 'England', wiki_link: 'https://www.wikidata.org/wiki/Q21' })
  },
})
