/** Versions beside each other, over runners that the test controls. */
import { createLogger, ServeryError } from '@servery/core'
import type { ModelInstance } from '../../src/model/model.ts'
import { ModelRepository } from '../../src/repository/repository.ts'
import { definition, FakeRunner, storeOf } from '../fixtures/fake-models.ts'

/** @param start of the runner of a version */
function repositoryWith(start: (version: string) => Promise<void> = async () => {}): ModelRepository {
  class IdleRunner extends FakeRunner {
    readonly #version: string

    constructor({ version }: ModelInstance) {
      super()
      this.#version = version
    }

    override start = () => start(this.#version)
    run = async () => ({ results: [], inferenceMs: 0 })
  }
  return new ModelRepository({
    store: storeOf(() => definition as never),
    createRunner: (instance) => new IdleRunner(instance),
    limits: { maxItems: 1, maxCost: 1 },
    observerOf: () => ({}) as never,
    observer: { loadEnded: () => {}, unloaded: () => {} },
    selfTest: 'off',
    logger: createLogger('test', 'silent'),
    memoryLimit: 1,
  })
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
  await repository.load('fake', 'FAKE-1')
  expect(repository.isReady).toBe(true)
  const loading = repository.load('fake', 'FAKE-2')
  await new Promise((resolve) => setImmediate(resolve))
  expect([repository.all.length, repository.isReady]).toEqual([2, true])
  refuse(new ServeryError('MODEL_LOAD_FAILED', 'damaged'))
  await expect(loading).rejects.toThrow('damaged')
  expect([repository.all.length, repository.isReady]).toEqual([1, true])
  expect(repository.get('fake').instance.version).toBe('FAKE-1')
})

it('stays ready while another model loads for the first time', async () => {
  let end = (): void => {}
  const repository = repositoryWith((name) =>
    name === 'FAKE-1'
      ? Promise.resolve()
      : new Promise((resolve) => {
          end = resolve
        }),
  )
  await repository.load('fake', 'FAKE-1')
  const loading = repository.load('other', 'OTHER-1')
  await new Promise((resolve) => setImmediate(resolve))
  expect([repository.defaultVersionOf('other'), repository.isReady]).toEqual(['OTHER-1', true])
  end()
  await loading
  expect(repository.isReady).toBe(true)
})

it('refuses loads while it shuts down, and says so to those in progress', async () => {
  let refuse = (_error: Error): void => {}
  const repository = repositoryWith(
    () =>
      new Promise((_resolve, reject) => {
        refuse = reject
      }),
  )
  const loading = repository.load('fake', 'FAKE-1')
  await new Promise((resolve) => setImmediate(resolve))
  repository.beginShutdown()
  await expect(repository.load('fake', 'FAKE-2')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
  refuse(new ServeryError('SHUTTING_DOWN', 'drained'))
  await expect(loading).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
})

it('does not know a model without versions', () => {
  const repository = repositoryWith()
  for (const verb of ['endCanary', 'endShadow', 'checkKnown'] as const)
    expect(() => repository[verb]('missing')).toThrow('There is no model missing here')
})

it('is not ready when the only version does not load', async () => {
  const repository = repositoryWith(() => Promise.reject(new ServeryError('MODEL_LOAD_FAILED', 'damaged')))
  await expect(repository.load('fake', 'FAKE-1')).rejects.toThrow('damaged')
  expect(repository.isReady).toBe(false)
})

it('takes a version that has failed to load again, and a later version in its place as the default', async () => {
  let isBroken = true
  const repository = repositoryWith(async () => {
    if (isBroken) throw new ServeryError('MODEL_LOAD_FAILED', 'damaged')
  })
  await expect(repository.load('fake', 'FAKE-1')).rejects.toThrow('damaged')
  isBroken = false
  await repository.load('fake', 'FAKE-2')
  expect([repository.isReady, repository.get('fake').instance.version]).toEqual([true, 'FAKE-2'])
  await repository.load('fake', 'FAKE-1')
  expect(repository.get('fake', 'FAKE-1').isReady).toBe(true)
})

it('tells equal version names of different models apart', async () => {
  const repository = repositoryWith()
  await repository.load('one', 'FAKE-1')
  await repository.load('two', 'FAKE-1')
  expect(repository.get('two', 'FAKE-1').instance.name).toBe('two')
  await repository.unload('two', 'FAKE-1')
  expect(repository.get('one').instance.name).toBe('one')
  expect(() => repository.get('two')).toThrow('There is no model two here; loaded: one FAKE-1.')
})

it('loads a version once, however often it is told to', async () => {
  let starts = 0
  const repository = repositoryWith(async () => {
    starts += 1
  })
  const load = () => repository.load('fake', 'FAKE-1')
  await Promise.all([load(), load()])
  await load()
  expect([starts, repository.get('fake').isReady]).toEqual([1, true])
})

it('answers by the default version, which is set explicitly and not unloaded before another is', async () => {
  const repository = repositoryWith()
  await repository.load('fake', 'FAKE-1')
  await repository.load('fake', 'FAKE-2')
  expect(repository.get('fake').instance.version).toBe('FAKE-1')
  await expect(repository.unload('fake', 'FAKE-1')).rejects.toThrow('make another one the default first')
  repository.setDefault('fake', 'FAKE-2')
  await repository.unload('fake', 'FAKE-1')
  expect(repository.get('fake').instance.version).toBe('FAKE-2')
  expect(() => repository.setDefault('fake', 'FAKE-1')).toThrow(expect.objectContaining({ code: 'MODEL_NOT_FOUND' }))
})

it('keeps the default of a model that is loaded again while its only version is being unloaded', async () => {
  const repository = repositoryWith()
  const old = await repository.load('fake', 'FAKE-1')
  await new Promise((resolve) => setImmediate(resolve))
  old.hold()
  const unload = repository.unload('fake', 'FAKE-1')
  const load = repository.load('fake', 'FAKE-1')
  old.release()
  await Promise.all([unload, load])
  expect([repository.isReady, repository.defaultVersionOf('fake')]).toEqual([true, 'FAKE-1'])
})

it('lets an unload end the load in progress', async () => {
  const repository = repositoryWith(() => new Promise((resolve) => setTimeout(resolve, 20)))
  const loading = repository.load('fake', 'FAKE-1')
  const refused = expect(loading).rejects.toThrow('FAKE-1 was unloaded while it was loading.')
  await repository.unload('fake', 'FAKE-1')
  await refused
  expect([repository.all, repository.defaultVersionOf('fake'), repository.obstacles]).toEqual([[], undefined, []])
})

it('awaits a version of the start no more once it has been loaded', async () => {
  let isBroken = true
  const repository = repositoryWith(async () => {
    if (isBroken) throw new ServeryError('MODEL_LOAD_FAILED', 'damaged')
  })
  repository.announce([{ name: 'fake', version: 'FAKE-1' }])
  await expect(repository.load('fake', 'FAKE-1', 'start')).rejects.toThrow('damaged')
  expect([repository.isReady, repository.obstacles]).toEqual([false, ['damaged']])
  isBroken = false
  await repository.load('fake', 'FAKE-1')
  expect([repository.isReady, repository.isAwaited({ name: 'fake', version: 'FAKE-1' })]).toEqual([true, false])
})
