/** What a definition says, without loading anything. */
import { itemsOf, operationOf } from '@servery/serving'
import { Value } from 'typebox/value'
import type { Contract } from './contract.ts'
import { describeSettings } from './describe-settings.ts'

/** Longer than any limit of a queue allows for one item (SERVERY_MAX_QUEUE_COST). */
const MAX_COST = 262_144
const LONG = 200_000

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

  it('costs more for a longer text, and never more than a queue takes', () => {
    const costOf = (length: number) => {
      const [item] = itemsOf(servedModel, { inputs: [inputOf('a'.repeat(length))] })
      return servedModel.operations.predict.cost?.(item as never) ?? 1
    }
    if (servedModel.operations.predict.cost === undefined) return
    expect(costOf(1_000)).toBeGreaterThan(costOf(1))
    expect(costOf(LONG)).toBeLessThan(MAX_COST)
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
