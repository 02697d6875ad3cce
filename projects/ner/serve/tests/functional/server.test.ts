/** The running server: what every served model must do. */
import { describeServedModel } from '@servery/testkit'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract }, ({ client }) => {
  it('names its languages in bio, and no limit of tokens, since all of a text is read', async () => {
    const { body } = await client.get('/v1/model/ner/bio')
    expect(body.languages).toEqual(['en'])
    expect(body.model_card).not.toHaveProperty('max_tokens')
  })
})
