/** The definition: what every served model must do, and the languages that are taken. */
import { itemsOf } from '@servery/serving'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract })

it.each(['en', 'EN', 'en-GB', 'en-%'])('takes the language %s', (language) => {
  expect(itemsOf(servedModel, { configuration: { language }, inputs: [{ content: 'Ann' }] })).toHaveLength(1)
})
