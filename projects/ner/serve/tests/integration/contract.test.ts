/** The model in process: what every served model must do, and all of a long text. */
import { describeServedModel, projectUnderTest } from '@servery/testkit'
import type { Output } from '../../src/schemas.ts'
import { checkEntities, contract } from '../contract.ts'

const MANY = 300
const SENTENCE = 'Marta Oyelaran flew from Lisbon to Geneva with Omar Haddad. '
const NAMES = ['Marta Oyelaran', 'Lisbon', 'Geneva', 'Omar Haddad']
const PLACES = ['Marta Oyelaran in Lisbon', 'Omar Haddad in Geneva']

// Hostile texts as HTML are sent in the functional tier; the longest take half a minute each.
describeServedModel({ folder: import.meta.dirname, ...contract, configurations: [{}] }, ({ model }) => {
  const entitiesOf = async (content: string, configuration = {}) => {
    const [output] = (await model().answer({ configuration, inputs: [{ content }] })) as [Output]
    checkEntities(output, content)
    return output.predicted_content.map(({ entity_text }) => entity_text)
  }

  it('has recorded answers to eight requests at least', () => {
    expect(projectUnderTest(import.meta.dirname).recordings.length).toBeGreaterThanOrEqual(8)
  })

  it('finds the last name of a long text as it finds the first', async () => {
    expect(await entitiesOf(SENTENCE)).toEqual(NAMES)
    expect(await entitiesOf(SENTENCE.repeat(MANY))).toEqual(Array(MANY).fill(NAMES).flat())
  })

  it('loses no name where windows of one long sentence meet', async () => {
    const found = await entitiesOf(`They met ${Array(60).fill(PLACES).flat().join(', ')}`)
    for (const name of NAMES) expect([name, found.filter((text) => text === name).length]).toEqual([name, 60])
    expect(found).toHaveLength(60 * NAMES.length)
  })

  it.each(['text/plain', 'text/html'])('reads a word of a hundred tokens after short ones: %s', async (type) => {
    await entitiesOf(`${'a '.repeat(120)}${'ก'.repeat(100)} Ann`, { content_type: type })
  })
})
