import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Type } from '@servery/schema'
import { defineModel, type Server, start } from '../../src/index.ts'

const greeter = defineModel({
  module: import.meta.url,
  runner: 'in-process',
  input: Type.Object({ content: Type.String() }),
  configuration: Type.Object({}),
  output: Type.Object({ greeting: Type.String() }),
  example: { inputs: [{ content: 'Ada' }] },
  params: Type.Object({
    SERVERY_GREETER_WORD: Type.String({ description: 'Greeting.' }),
    SERVERY_GREETER_TIMES: Type.Integer({ default: 1, minimum: 1, maximum: 9, description: 'Repetitions.' }),
  }),
  load: async ({ settings }) => `${settings.SERVERY_GREETER_WORD} `.repeat(settings.SERVERY_GREETER_TIMES),
  runnerFor: ({ SERVERY_GREETER_TIMES }) => (SERVERY_GREETER_TIMES === 9 ? 'async' : 'in-process'),
  unavailableReason: (words) => (words.startsWith('mute') ? 'it has no voice' : undefined),
  predict: async (items, words) => items.map(({ input }) => ({ output: { greeting: words + input.content } })),
})

function startWith(env: string): Promise<Server> {
  const serveDirectory = mkdtempSync(path.join(os.tmpdir(), 'servery-params-'))
  mkdirSync(path.join(serveDirectory, 'config'))
  const lines = ['SERVERY_MODEL_VERSION=GREETER-CODE-1.0.0', 'SERVERY_PORT=0', 'SERVERY_LOG_LEVEL=silent', env]
  writeFileSync(path.join(serveDirectory, 'config', 'dev.env'), lines.join('\n'))
  return start(greeter, { name: 'greeter', serveDirectory })
}

describe('params of a project', () => {
  it('are read with the configuration of the server and reach load typed, with their defaults', async () => {
    const server = await startWith('SERVERY_GREETER_WORD=hail')
    const answer = await server.app.inject({
      method: 'POST',
      url: '/v1/model/greeter/predict',
      payload: { inputs: { content: 'Ada' } },
    })
    await server.close()
    expect(answer.json()).toEqual({ outputs: { greeting: 'hail Ada' } })
  })

  it('may decide where the model runs', async () => {
    for (const [env, remote] of [
      ['SERVERY_GREETER_WORD=hail', false],
      ['SERVERY_GREETER_WORD=hail\nSERVERY_GREETER_TIMES=9', true],
    ]) {
      const server = await startWith(env as string)
      expect(server.repository.all[0]?.engine.capabilities).toMatchObject({ remote, cancels: remote, batches: !remote })
      await server.close()
    }
  })

  it('may leave the model without something: it is not ready and says why', async () => {
    const server = await startWith('SERVERY_GREETER_WORD=mute')
    const ready = await server.app.inject('/v1/ready')
    await server.close()
    expect([ready.statusCode, ready.json().detail]).toEqual([503, 'GREETER-CODE-1.0.0 is ready: it has no voice.'])
  })

  it('stop the start when they are wrong, all faults together', async () => {
    const broken = startWith('SERVERY_GREETER_TIMES=10\nSERVERY_MAX_ITEMS=0')
    await expect(broken).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await expect(broken).rejects.toThrow(/SERVERY_GREETER_WORD is not set/)
    await expect(broken).rejects.toThrow(/SERVERY_GREETER_TIMES=10/)
    await expect(broken).rejects.toThrow(/SERVERY_MAX_ITEMS=0/)
  })
})
