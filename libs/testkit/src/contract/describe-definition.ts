/** What a definition says, without loading anything. */
import { Value } from '@servery/schema'
import { itemsOf, operationOf } from '@servery/serving'
import type { Contract } from './contract.ts'
import { describeSettings } from './describe-settings.ts'
import { SERVER_DEFAULTS } from './server-defaults.ts'

const MAX_COST = SERVER_DEFAULTS.SERVERY_MAX_QUEUE_COST
const MAX_CHARACTERS = SERVER_DEFAULTS.SERVERY_MAX_CHARACTERS

export function describeDefinition(contract: Contract): void {
  const { servedModel, inputOf, refusedSettings } = contract
  describe.each(Object.entries(servedModel.operations))('operation %s', (name, operation) => {
    it('has valid defaults, and describes every setting', () => {
      const { configuration } = operation
      expect(Value.Check(configuration, Value.Default(configuration, {}))).toBe(true)
      for (const field of Object.values(configuration.properties)) expect(field).toHaveProperty('description')
    })

    it('takes its example', () => {
      const items = itemsOf(servedModel, { operation: name, ...operation.example })
      expect(items.map(({ input }) => input)).toEqual(operation.example.inputs)
    })

    it('finds nothing by the name of a property of all objects', () => {
      expect(operationOf(servedModel, 'constructor')).toBeUndefined()
    })
  })

  const { cost } = servedModel.operations.predict
  if (cost !== undefined)
    it('costs more for a longer text, and never more than a queue takes', () => {
      const costOf = (length: number) => {
        const [item] = itemsOf(servedModel, { inputs: [inputOf('a'.repeat(length))] })
        return cost(item as never)
      }
      expect(costOf(1_000)).toBeGreaterThan(costOf(1))
      expect(costOf(MAX_CHARACTERS)).toBeLessThan(MAX_COST)
    })

  for (const { what, configuration, at, code = 'INVALID_INPUT', saying = '' } of refusedSettings)
    it(`refuses ${what}`, () => {
      const violations = expect.arrayContaining([expect.objectContaining({ pointer: `/configuration/${at}` })])
      expect(() => itemsOf(servedModel, { configuration, inputs: [inputOf('One.'), inputOf('Two.')] })).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(saying), violations }),
      )
    })
  describeSettings(contract)
}
