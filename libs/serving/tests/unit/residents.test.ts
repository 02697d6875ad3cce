/** Versions beside each other, over runners that the test controls. */
import { ServeryError } from '@servery/core'
import { Type } from 'typebox'
import { defineModel, type ModelInstance } from '../../src/model/model.ts'
import { Residents, type ResidentsOptions } from '../../src/residents/residents.ts'

const definition = defineModel({
  module: 'unused',
  runner: 'async', // asks nothing before it is ready
  input: Type.String(),
  configuration: Type.Object({}),
  output: Type.String(),
  example: { inputs: 'a' },
  load: async () => undefined,
  predict: async () => [],
})
const version = (number: number): ModelInstance => ({
  definition: definition as never,
  name: 'fake',
  version: `FAKE-${number}`,
  directory: '',
  card: {},
  settings: { device: 'cpu' },
})

/** @param start of the runner of a version */
function residentsWith(start: (version: string) => Promise<void>): Residents {
  const runner = ({ version: name }: ModelInstance) => ({
    onChange: () => {},
    onRestart: () => {},
    idle: 1,
    workers: 1,
    failure: undefined,
    missing: undefined,
    start: () => start(name),
    stop: async () => {},
    run: async () => ({ results: [], inferenceMs: 0 }),
  })
  const limits = { maxItems: 1, maxCost: 1 }
  const options = { createRunner: runner, engineOptions: () => ({ limits, observer: {} }), selfTest: 'off', logger: {} }
  return new Residents(options as unknown as ResidentsOptions)
}

it('stays ready while another version loads, and forgets one that does not load', async () => {
  let refuse = (_error: Error): void => {}
  const residents = residentsWith((name) =>
    name === 'FAKE-1'
      ? Promise.resolve()
      : new Promise((_resolve, reject) => {
          refuse = reject
        }),
  )
  await residents.load(version(1))
  expect(residents.isReady).toBe(true)
  const loading = residents.load(version(2))
  expect([residents.all.length, residents.isReady]).toEqual([2, true])
  refuse(new ServeryError('MODEL_LOAD_FAILED', 'damaged'))
  await expect(loading).rejects.toThrow('damaged')
  expect([residents.all.length, residents.isReady]).toEqual([1, true])
  expect(residents.get('fake').instance.version).toBe('FAKE-1')
})

it('is not ready when the only version does not load', async () => {
  const residents = residentsWith(() => Promise.reject(new ServeryError('MODEL_LOAD_FAILED', 'damaged')))
  await expect(residents.load(version(1))).rejects.toThrow('damaged')
  expect(residents.isReady).toBe(false)
})
