/** The running server over real HTTP: what every served model must do, and what this one refuses. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel({ folder: import.meta.dirname, servedModel }, ({ client }) => {
  it('refuses a setting out of range', async () => {
    const { status, body } = await client.predict({ configuration: { longest: -1 }, inputs: { content: 'a' } })
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT'])
  })
})
