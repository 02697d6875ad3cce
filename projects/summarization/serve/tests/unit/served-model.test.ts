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

it.each(['xx', ''])('refuses a summary in %j', (target_lang) => {
  expect(() => itemsOf(servedModel as never, { configuration: { target_lang }, inputs: { content: 'a' } })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }),
  )
})

it('waits on the network only where a language model is set', () => {
  const runnerFor = (upstream: string) => servedModel.runnerFor?.({ SERVERY_SUMMARIZATION_UPSTREAM: upstream } as never)
  expect([runnerFor(''), runnerFor('http://127.0.0.1:1')]).toEqual(['process', 'async'])
})

it('a longer text costs more', () => {
  const configuration = Value.Default(servedModel.configuration, {}) as never
  const cost = (content: string) => servedModel.cost?.({ input: { content }, configuration })
  expect(cost('a'.repeat(1_000))).toBeGreaterThan(cost('a') as number)
})
