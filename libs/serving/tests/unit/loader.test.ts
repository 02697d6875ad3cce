/** Loads and unloads over runners that the test controls: memory, one load at a time, and what happens when both meet. */
import { createLogger, ServeryError } from '@servery/core'
import { Loader, type LoaderOptions, type LoadReason } from '../../src/repository/loader.ts'
import type { StartOptions } from '../../src/workers/runner.ts'
import { definition, FakeRunner, storeOf } from '../fixtures/fake-models.ts'

class SizedRunner extends FakeRunner {
  override readonly memoryBytes: number
  readonly memoryInWorker: number
  options: StartOptions | undefined
  end = (): void => {}
  fail = (_error: Error): void => {}
  stops = 0

  constructor(
    memoryBytes: number,
    readonly isSlow: boolean,
    readonly failsToStop: boolean,
  ) {
    super()
    this.memoryBytes = memoryBytes
    this.memoryInWorker = memoryBytes
  }

  override start = (options?: StartOptions): Promise<void> => {
    this.options = options
    return new Promise((resolve, reject) => {
      this.end = resolve
      this.fail = reject
      if (!this.isSlow) resolve()
    })
  }

  override stop = async (): Promise<void> => {
    this.stops += 1
    this.fail(new Error('stopped')) // as a pool ends a start
    if (this.failsToStop) throw new Error('cannot stop')
  }

  run = async () => ({ results: [], inferenceMs: 0 })
}

interface Fakes {
  readonly slow?: string
  readonly failsToStop?: string
}

/** Every version takes ten bytes. */
function loaderWith({ slow, failsToStop }: Fakes = {}, options: Partial<LoaderOptions> = {}) {
  const runners = new Map<string, SizedRunner>()
  const events: string[] = []
  const loader = new Loader({
    store: storeOf(() => definition as never),
    createRunner: ({ version }) => {
      const runner = new SizedRunner(10, version === slow, version === failsToStop)
      runners.set(version, runner)
      return runner
    },
    limits: { maxItems: 1, maxCost: 1 },
    observerOf: () => ({}) as never,
    observer: {
      loadEnded: ({ version }, result) => void events.push(`${version} ${result}`),
      unloaded: ({ version }) => void events.push(`${version} unloaded`),
    },
    selfTest: 'off',
    logger: createLogger('test', 'silent'),
    memoryLimit: 25,
    ...options,
  })
  const load = async (version: string, reason: LoadReason = 'demand') => {
    const loaded = await loader.load({ ...key(version), directory: '', isInRepository: true }, reason)
    await turn() // the loader holds it for its callers until then
    return loaded
  }
  const loadedVersions = () => loader.all.map(({ instance }) => instance.version)
  return { loader, load, loadedVersions, runners, events }
}

const key = (version: string) => ({ name: 'fake', version })
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('loads a version once for many callers, and counts one load', async () => {
  const { loader, load, events } = loaderWith()
  const loaded = await Promise.all([load('A'), load('A'), load('A')])
  expect(new Set([...loaded, await load('A', 'control')]).size).toBe(1)
  expect([loader.all.length, events]).toEqual([1, ['A loaded']])
})

it('unloads what was used least recently to make room', async () => {
  const { load, loadedVersions } = loaderWith()
  const a = await load('A')
  await load('B')
  a.hold()
  a.release()
  await load('C')
  expect(loadedVersions()).toEqual(['A', 'C'])
})

it('refuses what does not fit beside pinned versions, and keeps nothing of it', async () => {
  const { loader, load, loadedVersions, runners, events } = loaderWith()
  await load('A', 'control')
  await load('B', 'control')
  await expect(load('C')).rejects.toMatchObject({ code: 'NO_ROOM' })
  await turn()
  expect([loadedVersions(), loader.memoryBytes, events.at(-1)]).toEqual([['A', 'B'], 20, 'C refused'])
  expect(runners.get('C')?.stops).toBe(1)
  await loader.unload(key('A'))
  expect((await load('C')).isReady).toBe(true)
})

it('creates no runner for a version that was measured before and does not fit', async () => {
  const { loader, load, runners } = loaderWith()
  await load('C')
  await loader.unload(key('C'))
  runners.delete('C')
  await load('A', 'control')
  await load('B', 'control')
  await expect(load('C')).rejects.toMatchObject({ code: 'NO_ROOM' })
  expect([...runners.keys()]).toEqual(['A', 'B'])
})

it('waits until a version in use can be unloaded, or the load is ended', async () => {
  const { loader, load, loadedVersions } = loaderWith()
  await load('C')
  await loader.unload(key('C'))
  const a = await load('A')
  await load('B', 'control')
  a.hold()
  const ended = load('C')
  await turn()
  await Promise.all([expect(ended).rejects.toThrow('while it was loading'), loader.unload(key('C'))])
  const loading = load('C')
  await turn()
  expect(loadedVersions()).toEqual(['A', 'B'])
  a.release()
  await loading
  expect(loadedVersions()).toEqual(['B', 'C'])
})

it('unloads later what is in use, if a version takes more than was expected', async () => {
  const { loader, load, loadedVersions } = loaderWith()
  const a = await load('A')
  a.hold()
  await load('B', 'control')
  const c = await loader.load({ ...key('C'), directory: '', isInRepository: true }, 'demand')
  c.hold()
  await turn()
  expect(loadedVersions()).toEqual(['A', 'B', 'C'])
  a.release()
  await turn()
  expect(loadedVersions()).toEqual(['B', 'C'])
})

it('makes room although a version cannot be released', async () => {
  const { loader, load, loadedVersions } = loaderWith({ failsToStop: 'A' })
  await load('A')
  await load('B')
  await load('C')
  expect(loadedVersions()).toEqual(['B', 'C'])
  await load('D')
  expect([loadedVersions(), loader.memoryBytes]).toEqual([['C', 'D'], 20])
})

it('ends a load by an unload, and loads again afterwards', async () => {
  const { loader, load, loadedVersions, runners, events } = loaderWith({ slow: 'A' })
  const first = load('A', 'control')
  await turn()
  const unload = loader.unload(key('A'))
  const second = load('A', 'control')
  await expect(first).rejects.toThrow('A was unloaded while it was loading.')
  await unload
  await turn()
  expect([loadedVersions(), runners.get('A')?.stops]).toEqual([['A'], 0])
  runners.get('A')?.end()
  expect((await second).isReady).toBe(true)
  expect(events).toEqual(['A failed', 'A loaded'])
})

it('ends a load whose folder is still being read', async () => {
  const { loader, load, loadedVersions, runners } = loaderWith()
  const loading = load('A')
  const unload = loader.unload(key('A'))
  await expect(loading).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  await unload
  expect([loadedVersions(), runners.size, loader.get('fake', 'A')]).toEqual([[], 0, undefined])
})

it('loads a version again that is being unloaded, once its calls have ended', async () => {
  const { loader, load, events } = loaderWith()
  const old = await load('A', 'control')
  old.hold()
  const unload = loader.unload(key('A'))
  const loading = load('A', 'control')
  await turn()
  expect([loader.get('fake', 'A'), old.state]).toEqual([undefined, 'draining'])
  old.release()
  await unload
  const fresh = await loading
  expect([fresh === old, loader.get('fake', 'A') === fresh]).toEqual([false, true])
  expect(events).toEqual(['A loaded', 'A unloaded', 'A loaded'])
})

it('says whether there is memory for a version in a further worker', async () => {
  const { load, runners } = loaderWith()
  await load('A')
  const mayGrow = () => runners.get('A')?.options?.mayGrow?.()
  expect(mayGrow()).toBe(true)
  await load('B')
  expect(mayGrow()).toBe(false)
})

it('forgets a version that has failed to load', async () => {
  const { loader, load, loadedVersions, runners } = loaderWith({ slow: 'A' })
  const loading = load('A')
  await turn()
  runners.get('A')?.fail(new ServeryError('MODEL_LOAD_FAILED', 'damaged'))
  await expect(loading).rejects.toThrow('damaged')
  expect([loadedVersions(), loader.versionsOf('fake')]).toEqual([[], []])
})
