/** The running server, without a language model. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../dist/served-model.js'

const options = { servedModel, languageSettings: ['lang', 'target_lang'], texts: ['en', 'fr'] }
describeServedModel({ folder: import.meta.dirname, ...options }, ({ client }) => {
  it.each([
    ['a length of nothing', { desired_length: 0 }, 'INVALID_INPUT'],
    ['a language in capitals', { lang: 'EN' }, 'UNSUPPORTED_LANGUAGE'],
    ['a summary in another language, which has to be written', { target_lang: 'fr' }, 'UNSUPPORTED_LANGUAGE'],
  ])('refuses %s', async (_, configuration, code) => {
    const reply = await client.predict({ configuration, inputs: { content: 'a b c' } })
    expect(reply).toMatchObject({ status: 422, body: { code } })
  })
})
