import { checkedAnswer, checkPorts } from '../../src/session.ts'

type Port = Parameters<typeof checkPorts>[0][number]
const port = (name: string, type: 'int64' | 'int32' | 'float32' | 'float16', ...shape: (number | string)[]): Port => ({
  name,
  isTensor: true,
  type,
  shape,
})
const INPUTS = [port('input_ids', 'int64', 'b', 't'), port('attention_mask', 'int64', 'b', 't')]
const PORTS = { output: 'sentence_embedding', per: 'row' } as const
const OUTPUTS = [port('sentence_embedding', 'float32', 'b', 384)]

describe('checkPorts', () => {
  it('outputs the length of a vector', () => {
    expect(checkPorts(INPUTS, OUTPUTS, PORTS)).toBe(384)
  })

  it('outputs the number of labels of a model with an added input and an answer per token', () => {
    const added = [...INPUTS, port('feature_ids', 'int64', 'b', 't')]
    const logits = [port('logits', 'float32', 'b', 't', 7)]
    const ports = { addedInputs: ['feature_ids'], output: 'logits', per: 'token' } as const
    expect(checkPorts(added, logits, ports)).toBe(7)
    expect(() => checkPorts(INPUTS, logits, ports)).toThrow('feature_ids int64 [b,t] and logits float32 [b,t,<number>]')
    expect(() => checkPorts(added, [port('logits', 'float32', 'b', 7)], ports)).toThrow('outputs logits float32 [b,7]')
  })

  it.each([
    ['another dtype', [port('input_ids', 'int32', 'b', 't'), INPUTS[1]!], OUTPUTS, 'input_ids int32 [b,t]'],
    ['an input too many', [...INPUTS, port('token_type_ids', 'int64', 'b', 't')], OUTPUTS, 'token_type_ids'],
    ['a missing input', [INPUTS[0]!], OUTPUTS, 'has the inputs input_ids int64 [b,t] and'],
    ['another output', INPUTS, [port('last_hidden_state', 'float32', 'b', 't', 384)], 'last_hidden_state float32'],
    ['half precision', INPUTS, [port('sentence_embedding', 'float16', 'b', 384)], 'float16 [b,384]'],
    ['a vector of unknown length', INPUTS, [port('sentence_embedding', 'float32', 'b', 'd')], 'float32 [b,d]'],
    ['no tensor', INPUTS, [{ name: 'sentence_embedding', isTensor: false } as Port], 'outputs sentence_embedding'],
  ])('refuses %s and names what was found', (_case, inputs, outputs, found) => {
    expect(() => checkPorts(inputs, outputs, PORTS)).toThrow(
      expect.objectContaining({ code: 'MODEL_LOAD_FAILED', message: expect.stringContaining(found) }),
    )
  })
})

describe('checkedAnswer', () => {
  const data = new Float32Array([1, 0, 0, 1])

  it('passes an answer of the expected shape', () => {
    expect(checkedAnswer({ data, dims: [2, 2] }, [2, 2])).toBe(data)
  })

  it.each([
    ['rows are missing', { data, dims: [2, 2] }, 3],
    ['the vectors are longer', { data, dims: [1, 4] }, 1],
    ['the numbers are of another type', { data: [1, 0, 0, 1], dims: [2, 2] }, 2],
    ['there is no output', undefined, 2],
    ['a number is not finite', { data: new Float32Array([1, 0, Number.NaN, 1]), dims: [2, 2] }, 2],
    ['a number is infinite', { data: new Float32Array([1, 0, Number.POSITIVE_INFINITY, 1]), dims: [2, 2] }, 2],
  ])('refuses an answer where %s', (_case, output, rows) => {
    expect(() => checkedAnswer(output, [rows, 2])).toThrow(expect.objectContaining({ code: 'INFERENCE_FAILED' }))
  })
})
