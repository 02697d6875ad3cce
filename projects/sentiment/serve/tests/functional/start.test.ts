/** A start that cannot be trusted stops with a sentence and its exit status. */
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { modelVersionOf, serveProcess } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
const ENTRY = path.join(SERVE, 'dist/model-server.js')
const VERSION = modelVersionOf(SERVE)
let directory: string

beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(os.tmpdir(), 'servery-start-')), VERSION)
  cpSync(path.join(SERVE, 'models', VERSION), directory, { recursive: true })
})
afterEach(() => rmSync(path.dirname(directory), { recursive: true }))

const start = (environment: Record<string, string> = {}) =>
  serveProcess(ENTRY, { SERVERY_MODEL_DIRECTORY: directory, SERVERY_NUM_WORKERS: '1', ...environment })

function driftRecording(): void {
  const file = path.join(directory, 'test_files', 'predictions.json')
  const recorded = JSON.parse(readFileSync(file, 'utf8'))
  recorded[0].response.outputs.positive_prob -= 0.01
  writeFileSync(file, JSON.stringify(recorded))
}

it('answers that drift from the recorded ones refuse readiness', async () => {
  driftRecording()
  await expect(start()).rejects.toThrow(/ended with 70.*does not answer as recorded.*SERVERY_SELF_TEST=warn/s)
})

it('SERVERY_SELF_TEST=warn starts all the same and says so', async () => {
  driftRecording()
  const server = await start({ SERVERY_SELF_TEST: 'warn' })
  await server.logged('does not answer as recorded')
  expect(await server.stop()).toBe(0)
})

it.each([
  [
    'classifier.json',
    '{"labels": ["positive", "neutral", "negative"], "max_tokens": 128}',
    'classifier.json of the model version',
  ],
  ['tokenizer.json', '{}', 'tokenizer.json of the model version'],
])('a wrong %s is named', async (file, text, sentence) => {
  writeFileSync(path.join(directory, 'model_artifacts', file), text)
  await expect(start()).rejects.toThrow(new RegExp(`ended with 70.*${sentence}`, 's'))
})

it('a damaged model file is named', async () => {
  truncateSync(path.join(directory, 'model_artifacts', 'model.onnx'), 1_000)
  await expect(start()).rejects.toThrow(/ended with 70.*could not be loaded/s)
})

it('a device that is not there stops the start', async () => {
  await expect(start({ SERVERY_DEVICE: 'neuron' })).rejects.toThrow(/ended with 70.*[Nn]euron/s)
})

it('a taken port is a sentence', async () => {
  const taker = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(taker, 'listening')
  const { port } = taker.address() as AddressInfo
  await expect(start({ SERVERY_PORT: String(port) })).rejects.toThrow(
    new RegExp(`ended with 78.*Port ${port} is taken`, 's'),
  )
  taker.close()
})
