/** The model in process: what every served model must do. */
import { describeServedModel, projectUnderTest } from '@servery/testkit'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract }, () => {
  it('has recorded answers to ten requests at least', () => {
    expect(projectUnderTest(import.meta.dirname).recordings.length).toBeGreaterThanOrEqual(10)
  })
})
