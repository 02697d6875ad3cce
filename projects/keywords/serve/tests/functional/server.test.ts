/** The running server: what every served model must do. */
import { describeServedModel } from '@servery/testkit'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract }, ({ client }) => {
  it('names its languages and the limit of tokens in bio', async () => {
    expect((await client.get('/v1/model/keywords/bio')).body).toMatchObject({ languages: ['en'], max_tokens: 256 })
  })
})
