/** The value of SERVERY_MODELS, and what happens to versions that fail at start. */
import { createLogger } from '@servery/core'
import { parseModels, retryFailed } from '../../src/models-at-start.ts'
import type { ModelRepository } from '../../src/repository/repository.ts'

it('reads names and versions', () => {
  expect(parseModels('a=A-1, a=A-2,b.c=B-1')).toEqual([
    { name: 'a', version: 'A-1' },
    { name: 'a', version: 'A-2' },
    { name: 'b.c', version: 'B-1' },
  ])
})

it.each(['a', 'a=', '=A-1', 'a=A-1=x', 'a=A-1,', 'a=A-1,a=A-1', '.a=A-1', '_a=A-1', 'a=..', 'a/b=A-1'])(
  'refuses %s',
  (text) => {
    expect(() => parseModels(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  },
)

it('loads failed versions again, with longer and longer waits', async () => {
  const loads: string[] = []
  let isAwaited = true
  const repository = {
    isShuttingDown: false,
    isAwaited: () => isAwaited,
    defaultVersionOf: () => undefined,
    load: async (_name: string, version: string) => {
      loads.push(version)
      isAwaited = false
    },
  } as unknown as ModelRepository
  const versions = parseModels('a=A-1,b=B-1')
  const failed = { status: 'rejected', reason: new Error('damaged.') } as const
  expect(() => retryFailed(versions, [failed, failed], repository, createLogger('test', 'silent'))).toThrow('damaged.')
  retryFailed(versions, [failed, { status: 'fulfilled', value: 1 }], repository, createLogger('test', 'silent'))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(loads).toEqual(['A-1'])
})
