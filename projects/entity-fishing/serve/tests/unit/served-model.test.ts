import { Value } from 'typebox/value'
import { type Params, params } from '../../src/params.ts'
import servedModel from '../../src/served-model.ts'

it('its defaults are valid, and every field is described', () => {
  const { configuration } = servedModel
  expect(Value.Default(configuration, {})).toEqual({ lang: 'en' })
  for (const field of Object.values({ ...configuration.properties, ...params.properties }))
    expect(field).toHaveProperty('description')
})

it('waits on the network only where a service is set', () => {
  const runnerFor = (own: Partial<Params>) =>
    servedModel.runnerFor?.({ ...(Value.Default(params, {}) as Params), ...own, device: 'cpu' })
  expect(runnerFor({})).toBe('process')
  expect(runnerFor({ SERVERY_ENTITY_FISHING_NER: 'http://127.0.0.1:1' })).toBe('async')
  expect(runnerFor({ SERVERY_ENTITY_FISHING_UPSTREAM: 'http://127.0.0.1:1' })).toBe('async')
})

it('a longer text costs more', () => {
  const cost = (content: string) => servedModel.cost?.({ input: { content }, configuration: { lang: 'en' } })
  expect(cost('a'.repeat(1_000))).toBeGreaterThan(cost('a') as number)
})
