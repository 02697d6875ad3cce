/** The model in process: its recorded answers, the same answer in every batch, and hostile texts. */
import { firstDifference } from '@servery/model-version'
import { Value } from '@servery/schema'
import { type Item, itemsOf } from '@servery/serving'
import type { Contract, ContractTools } from './contract.ts'
import { type LoadedInProcess, loadInProcess } from './in-process.ts'
import { modelClient } from './model-client.ts'

/** The same text has the same answer: what is left are float32 sums in another order. */
const ATOL = 1e-5
/** The longest texts take seconds on a slow machine. */
const TIMEOUT_MS = 300_000

export function describeModel(contract: Contract, more: (tools: ContractTools) => void): void {
  const { servedModel, project, inputOf, configurations, hostileTexts, checkOutput } = contract
  const { recordings } = project
  let loaded: LoadedInProcess

  beforeAll(async () => {
    loaded = await loadInProcess(servedModel, project)
  }, TIMEOUT_MS)

  it.each(recordings.map((recording, i) => [i, recording] as const))('recorded answer %i', async (_, recording) => {
    expect(firstDifference(await loaded.answer(recording), recording.outputs)).toBeUndefined()
  })

  it('answers an item the same alone, among all others and in reversed order', async () => {
    const items = recordings.flatMap((recording) => itemsOf(servedModel, recording) as Item[])
    const together = await loaded.outputs(items)
    const reversed = (await loaded.outputs(items.toReversed())).toReversed()
    for (const [i, item] of items.entries()) {
      const [alone] = await loaded.outputs([item])
      expect(firstDifference(together[i], alone, ATOL)).toBeUndefined()
      expect(firstDifference(reversed[i], alone, ATOL)).toBeUndefined()
    }
  })

  it.each(hostileTexts)(
    'answers a text that is: %s',
    async (_, text) => {
      for (const configuration of configurations) {
        const [output] = await loaded.answer({ configuration, inputs: [inputOf(text)] })
        expect(Value.Check(servedModel.operations.predict.output, output)).toBe(true)
        checkOutput(output as never, text)
      }
    },
    TIMEOUT_MS,
  )

  more({ model: () => loaded, client: modelClient(noServer, project.name) })
}

function noServer(): never {
  throw new Error('The integration tier has no server.')
}
