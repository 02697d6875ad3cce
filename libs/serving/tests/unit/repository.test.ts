/** Versions beside each other, over runners that the test controls. */
import { ServeryError } from '@servery/core'
import { Type } from '@servery/schema'
import { defineModel, type ModelInstance } from '../../src/model/model.ts'
import { ModelRepository, type RepositoryOptions } from '../../src/repository/repository.ts'

const definition = defineModel({
  module: 'unused',
  input: Type.String(),
  configuration: Type.Object({}),
  output: Type.String(),
  example: { inputs: ['a'] },
  load: async () => undefined,
  predict: async () => [],
})
const version = (number: number, name = 'fake'): ModelInstance => ({
  definition: definition as never,
  name,
  version: `FAKE-${number}`,
  directory: '',
  card: {},
  settings: { device: 'cpu' },
})

/** @param start of the runner of a version */
function repositoryWith(start: (version: string) => Promise<void> = async () => {}): ModelRepository {
  const runner = ({ version: name }: ModelInstance) => ({
    onChange: () => {},
    onRestart: () => {},
    capabilities: { remote: true }, // asks nothing before it is ready
    idle: 1,
    workers: 1,
    failure: undefined,
    start: () => start(name),
    stop: async () => {},
    run: async () => ({ results: [], inferenceMs: 0 }),
  })
  const limits = { maxItems: 1, maxCost: 1 }
  const options = { createRunner: runner, limits, observerOf: () => ({}), selfTest: 'off', logger: {} }
  return new ModelRepository(options as unknown as RepositoryOptions)
}

it('stays ready while another version loads, and forgets one that does not load', async () => {
  let refuse = (_error: Error): void => {}
  const repository = repositoryWith((name) =>
    name === 'FAKE-1'
      ? Promise.resolve()
      : new Promise((_resolve, reject) => {
          refuse = reject
        }),
  )
  await repository.load(version(1))
  expect(repository.isReady).toBe(true)
  const loading = repository.load(version(2))
  expect([repository.all.length, repository.isReady]).toEqual([2, true])
  refuse(new ServeryError('MODEL_LOAD_FAILED', 'damaged'))
  await expect(loading).rejects.toThrow('damaged')
  expect([repository.all.length, repository.isReady]).toEqual([1, true])
  expect(repository.get('fake').instance.version).toBe('FAKE-1')
})

it('is not ready when the only version does not load', async () => {
  const repository = repositoryWith(() => Promise.reject(new ServeryError('MODEL_LOAD_FAILED', 'damaged')))
  await expect(repository.load(version(1))).rejects.toThrow('damaged')
  expect(repository.isReady).toBe(false)
})

it('takes a version that has failed to load again, and a later version in its place as the default', async () => {
  let isBroken = true
  const repository = repositoryWith(async () => {
    if (isBroken) throw new ServeryError('MODEL_LOAD_FAILED', 'damaged')
  })
  await expect(repository.load(version(1))).rejects.toThrow('damaged')
  isBroken = false
  await repository.load(version(2))
  expect([repository.isReady, repository.get('fake').instance.version]).toEqual([true, 'FAKE-2'])
  await repository.load(version(1))
  expect(repository.get('fake', 'FAKE-1').isReady).toBe(true)
})

it('tells equal version names of different models apart', async () => {
  const repository = repositoryWith()
  await repository.load(version(1, 'one'))
  await repository.load(version(1, 'two'))
  expect(repository.get('two', 'FAKE-1').instance.name).toBe('two')
  await repository.unload('two', 'FAKE-1')
  expect(repository.get('one').instance.name).toBe('one')
  expect(() => repository.get('two')).toThrow('There is no model two here; loaded: one FAKE-1.')
})

it('loads a version once', async () => {
  const repository = repositoryWith()
  await repository.load(version(1))
  await expect(repository.load(version(1))).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  expect(repository.get('fake').isReady).toBe(true)
})

it('answers by the default version, which is set explicitly and not unloaded before another is', async () => {
  const repository = repositoryWith()
  await repository.load(version(1))
  await repository.load(version(2))
  expect(repository.get('fake').instance.version).toBe('FAKE-1')
  await expect(repository.unload('fake', 'FAKE-1')).rejects.toThrow('make another one the default first')
  repository.setDefault('fake', 'FAKE-2')
  await repository.unload('fake', 'FAKE-1')
  expect(repository.get('fake').instance.version).toBe('FAKE-2')
  expect(() => repository.setDefault('fake', 'FAKE-1')).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }))
})
