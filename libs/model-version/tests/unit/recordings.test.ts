import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { readRecordedRequests, readRecordings } from '../../src/recordings.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-recordings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: unknown): string {
  const file = path.join(folder, 'predictions.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const read = (entry: unknown) => readRecordings(fileOf([entry]))[0]
const refusal = (reason: string) =>
  expect.objectContaining({ code: 'MODEL_LOAD_FAILED', message: expect.stringContaining(reason) })
const ada = { content: 'Ada' }
const bob = { content: 'Bob' }

describe('a canonical recording', () => {
  it('is read as it stands', () => {
    const entry = {
      operation: 'compare',
      configuration: { depth: 2 },
      inputs: [ada, bob],
      outputs: [1, { near: true }],
    }
    expect(read(entry)).toEqual(entry)
  })

  it('is of predict and without settings where it does not say more', () => {
    expect(read({ inputs: [ada], outputs: [null] })).toEqual({
      operation: 'predict',
      configuration: {},
      inputs: [ada],
      outputs: [null],
    })
  })

  it.each([5, 'text', null, [0.1, 0.2]])('takes the bare answer %j', (response) => {
    expect(read({ request: { inputs: ada }, response })).toMatchObject({ outputs: [response] })
  })

  it.each([
    ['fewer outputs than inputs', { inputs: [ada, bob], outputs: [1] }],
    ['more outputs than inputs', { inputs: [ada], outputs: [1, 2] }],
    ['no input', { inputs: [], outputs: [] }],
    ['inputs that are no list', { inputs: ada, outputs: [1] }],
    ['outputs that are no list', { inputs: [ada], outputs: 1 }],
    ['outputs that are a text of that length', { inputs: [ada], outputs: '1' }],
    ['no outputs', { inputs: [ada] }],
    ['no inputs', { outputs: [1] }],
    ['a configuration that is a list', { inputs: [ada], outputs: [1], configuration: [] }],
    ['an operation that is no name', { inputs: [ada], outputs: [1], operation: 3 }],
  ])('is refused with %s', (_, entry) => {
    expect(() => read(entry)).toThrow(
      refusal('entry 0 is not a recording: it must have inputs and the same number of outputs.'),
    )
  })
})

describe('a recording of the bodies of the native protocol, as versions before 0.2 have it', () => {
  const outputsOf = (inputs: unknown, response: unknown) => read({ request: { inputs }, response })?.outputs

  it('becomes canonical, with its settings', () => {
    const entry = { request: { configuration: { depth: 2 }, inputs: ada }, response: { outputs: 1 } }
    expect(read(entry)).toEqual({ operation: 'predict', configuration: { depth: 2 }, inputs: [ada], outputs: [1] })
    const list = { request: { inputs: [ada, bob] }, response: { outputs: [1, 2] } }
    expect(read(list)).toEqual({ operation: 'predict', configuration: {}, inputs: [ada, bob], outputs: [1, 2] })
  })

  it('has the output of one input in `outputs`', () => {
    expect(outputsOf(ada, { outputs: { greeting: 'hail' } })).toEqual([{ greeting: 'hail' }])
    expect(outputsOf(ada, { outputs: [1, 2] })).toEqual([[1, 2]])
    expect(outputsOf('a text', { outputs: 'an answer' })).toEqual(['an answer'])
  })

  it('has the output of one input bare', () => {
    expect(outputsOf(ada, { greeting: 'hail' })).toEqual([{ greeting: 'hail' }])
    expect(outputsOf(ada, {})).toEqual([{}])
    // One field among others that is called so is part of the output.
    expect(outputsOf(ada, { outputs: 1, unit: 'ms' })).toEqual([{ outputs: 1, unit: 'ms' }])
  })

  it('has the output of a list of one input in a list', () => {
    expect(outputsOf([ada], { outputs: [{ greeting: 'hail' }] })).toEqual([{ greeting: 'hail' }])
  })

  it.each([
    ['fewer outputs than inputs', { request: { inputs: [ada, bob] }, response: { outputs: [1] } }],
    ['a bare answer to a list', { request: { inputs: [ada] }, response: { greeting: 'hail' } }],
    ['outputs that are no list for a list', { request: { inputs: [ada] }, response: { outputs: 'x' } }],
    ['a response that is a list', { request: { inputs: [ada] }, response: [1] }],
    ['no response', { request: { inputs: ada } }],
    ['no request', { response: { outputs: 1 } }],
    ['a request without inputs', { request: {}, response: { outputs: 1 } }],
    ['a configuration that is null', { request: { inputs: ada, configuration: null }, response: {} }],
  ])('is refused with %s', (_, entry) => {
    expect(() => read(entry)).toThrow(
      refusal('entry 0 is not a recording: it must have inputs and the same number of outputs.'),
    )
  })
})

describe('a file', () => {
  it('may hold both forms, in order', () => {
    const file = fileOf([
      { inputs: [ada], outputs: [1] },
      { request: { inputs: bob }, response: { outputs: 2 } },
    ])
    expect(readRecordings(file).map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [[ada], [1]],
      [[bob], [2]],
    ])
  })

  it('that is not there has no recordings', () => {
    expect(readRecordings(path.join(folder, 'none.json'))).toEqual([])
    expect(() => readRecordedRequests(path.join(folder, 'none.json'))).toThrow(refusal('is missing or not valid JSON'))
  })

  it.each([
    ['no JSON', '[', 'is missing or not valid JSON'],
    ['nothing', '', 'is missing or not valid JSON'],
    ['an object', '{}', 'is not a list'],
    ['null', 'null', 'is not a list'],
  ])('with %s is refused by its name', (_, text, reason) => {
    const file = fileOf(text)
    for (const reader of [readRecordings, readRecordedRequests]) {
      expect(() => reader(file)).toThrow(refusal(reason))
      expect(() => reader(file)).toThrow(file)
    }
  })

  it.each([null, 5, 'text', []])('with the entry %j is refused by file and place', (entry) => {
    const file = fileOf([{ inputs: [ada], outputs: [1] }, entry])
    expect(() => readRecordings(file)).toThrow(`${file}, entry 1 is not a recording`)
  })
})

describe('readRecordedRequests', () => {
  it('refuses a file without requests, which would record nothing', () => {
    expect(() => readRecordedRequests(fileOf([]))).toThrow(refusal('holds no request to record'))
  })

  const request = (entry: unknown) => readRecordedRequests(fileOf([entry]))[0]

  it('reads canonical requests', () => {
    const entry = { operation: 'compare', configuration: { depth: 2 }, inputs: [ada, bob] }
    expect(request(entry)).toEqual(entry)
  })

  it('reads bodies of the native protocol, with one input or a list', () => {
    expect(request({ inputs: ada })).toEqual({ operation: 'predict', configuration: {}, inputs: [ada] })
    expect(request({ configuration: { depth: 2 }, inputs: [ada] })).toEqual({
      operation: 'predict',
      configuration: { depth: 2 },
      inputs: [ada],
    })
  })

  it.each([{}, null, [], { configuration: {} }, { inputs: [ada], configuration: 'deep' }])('refuses %j', (entry) => {
    expect(() => request(entry)).toThrow(refusal('entry 0 is not a request with a list of inputs.'))
  })
})
