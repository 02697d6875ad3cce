/** The definition: what every served model must do, and the languages that are taken. */
import { itemsOf } from '@servery/serving'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract })

it('takes English as it is spoken anywhere, and nothing that only looks like it', () => {
  const ask = (language: string) => itemsOf(servedModel, { configuration: { language }, inputs: [{ content: 'Ann' }] })
  for (const language of ['en', 'EN', 'en-GB', 'en-%']) expect(ask(language)).toHaveLength(1)
  for (const language of ['english', 'e', 'fr-en', 'ja']) expect(() => ask(language)).toThrow('languages: en')
})
