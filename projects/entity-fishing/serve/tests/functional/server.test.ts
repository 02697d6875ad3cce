/** The running server, without services: entities are found in the texts. */
import { describeServedModel, type HostileText } from '@servery/testkit'
import servedModel from '../../dist/served-model.js'

const hostileTexts: HostileText[] = [['full of names', 'England and Barclays bank. '.repeat(7_400)]]
const options = { servedModel, texts: ['en'], hostileTexts, languageSettings: ['lang'] }
describeServedModel({ folder: import.meta.dirname, ...options }, ({ client }) => {
  it('refuses entities that are none', async () => {
    const reply = await client.predict({ content: 'a', entities: ['England'] })
    expect(reply).toMatchObject({ status: 422, body: { code: 'INVALID_INPUT' } })
  })
})
