/** The model in process: what every served model must do, and all of a long text. */
import { describeServedModel } from '@servery/testkit'
import type { Output } from '../../src/schemas.ts'
import { contract } from '../contract.ts'

const PLAIN = 'The train to Leeds leaves from platform 4 at 9:30 and stops at every station on the way. '.repeat(40)
const ANGRY = 'The staff were rude, the seats were filthy and the whole journey was awful. '.repeat(40)

describeServedModel({ folder: import.meta.dirname, ...contract }, ({ model }) => {
  const answerTo = async (content: string) => (await model().answer({ inputs: [{ content }] }))[0] as Output

  it.each([
    ['I love this place, the staff are wonderful and the food is excellent.', 'positive'],
    ['This was the worst film I have ever seen, dull and badly acted.', 'negative'],
    ['The train to Leeds leaves from platform 4 at 9:30.', 'neutral'],
  ])('%s is %s', async (content, label) => {
    expect((await answerTo(content)).label).toBe(label)
  })

  it('reads the end of a long text as well as its beginning', async () => {
    const [before, after] = [await answerTo(ANGRY + PLAIN), await answerTo(PLAIN + ANGRY)]
    expect(Math.abs(before.negative_prob - after.negative_prob)).toBeLessThan(0.05)
    expect(after.negative_prob).toBeGreaterThan((await answerTo(PLAIN)).negative_prob + 0.1)
  })
})
