/** The model in process, without a language model. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel({
  folder: import.meta.dirname,
  servedModel,
  configurations: [{ lang: 'en' }, { lang: 'zh' }],
  hostileTexts: [
    ['many short sentences', 'a. '.repeat(66_000)],
    ['sentences without spaces', '漢字。'.repeat(60_000)],
  ],
  checkOutput(output, text) {
    const summary = /[\p{L}\p{N}]/u.test(text) ? expect.stringMatching(/./) : ''
    expect(output).toEqual({ summary, method: 'extractive' })
  },
})
