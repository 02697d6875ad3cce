import { itemsOf } from '@servery/serving'
import { Value } from 'typebox/value'
import servedModel from '../../src/served-model.ts'

it('its defaults are valid, and every field is described', () => {
  const { configuration } = servedModel
  expect(Value.Check(configuration, Value.Default(configuration, {}))).toBe(true)
  for (const field of Object.values(configuration.properties)) expect(field).toHaveProperty('description')
})

it.each(['xx', 'EN', 'toString', ''])('refuses the language %j', (lang) => {
  expect(() => itemsOf(servedModel as never, { configuration: { lang }, inputs: { content: 'a' } })).toThrow(
    expect.objectContaining({
      code: 'UNSUPPORTED_LANGUAGE',
      violations: [expect.objectContaining({ pointer: '/configuration/lang' })],
    }),
  )
})

it('a longer text costs more', () => {
  const configuration = { desired_length: 100, lang: 'en' }
  const cost = (content: string) => servedModel.cost?.({ input: { content }, configuration })
  expect(cost('a'.repeat(1_000))).toBeGreaterThan(cost('a') as number)
})
