import { Value } from 'typebox/value'
import servedModel from '../../src/served-model.ts'

it('its defaults are valid, and every field is described', () => {
  const { configuration } = servedModel
  expect(Value.Check(configuration, Value.Default(configuration, {}))).toBe(true)
  for (const field of Object.values(configuration.properties)) expect(field).toHaveProperty('description')
})

it('a longer text costs more', () => {
  const cost = (content: string) => servedModel.cost?.({ input: { content }, configuration: { longest: 3 } })
  expect(cost('a'.repeat(1_000))).toBeGreaterThan(cost('a') as number)
})
