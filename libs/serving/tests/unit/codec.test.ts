/** The bodies of the native protocol: both ways, for every shape. */
import { ServeryError } from '@servery/core'
import { Type, Value } from '@servery/schema'
import fc from 'fast-check'
import type { Operation } from '../../src/model/model.ts'
import { invalidAt } from '../../src/model/violations.ts'
import {
  type BodyShape,
  decodeRequest,
  encodePointers,
  encodeRequest,
  encodeResponse,
  nestedBody,
  readBody,
  requestSchema,
  responseSchema,
} from '../../src/protocols/native/codec.ts'

const text = Type.Object({ content: Type.String() })
const operationOf = (body: BodyShape, input: Operation['input'] = text): Operation => ({
  input,
  configuration: Type.Object({ size: Type.Integer({ default: 1 }) }),
  output: Type.Integer(),
  example: { inputs: [{ content: 'a' }] },
  wire: { native: { body } },
  predict: async () => [],
})
const together = operationOf('together', Type.Array(text))
const content = fc.record({ content: fc.string() })
const configuration = fc.record({ size: fc.integer() })

it.each(['list', 'wrapped', 'bare'] as const)('decodes what it has encoded: %s', (shape) => {
  const operation = operationOf(shape)
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), configuration, (inputs, settings) => {
      const body = encodeRequest(operation, { inputs, configuration: settings })
      expect(Value.Check(requestSchema(operation, 256), body)).toBe(true)
      expect(decodeRequest(operation, body)).toEqual({ inputs, configuration: settings })
      const answer = encodeResponse(
        operation,
        body,
        inputs.map((_, i) => i),
      )
      expect(Value.Check(responseSchema(operation), answer)).toBe(true)
    }),
  )
})

it('takes a list that is one input as a whole', () => {
  const inputs = [{ content: 'a' }, { content: 'b' }]
  const request = decodeRequest(together, { inputs })
  expect(request).toEqual({ inputs: [inputs], configuration: {} })
  expect(encodeRequest(together, request)).toEqual({ inputs })
  expect(encodeResponse(together, { inputs }, [7])).toBe(7)
})

it.each<[BodyShape, unknown, unknown]>([
  ['list', [{ content: 'a' }], { outputs: [7] }],
  ['wrapped', { content: 'a' }, { outputs: 7 }],
  ['wrapped', [{ content: 'a' }], { outputs: [7] }],
  ['bare', { content: 'a' }, 7],
  ['bare', [{ content: 'a' }], { outputs: [7] }],
])('answers one input of a body that is %s: %j by %j', (shape, inputs, answer) => {
  expect(encodeResponse(operationOf(shape), { inputs }, [7])).toEqual(answer)
})

it('nests flat bodies, and leaves all others as they are', () => {
  const operation = operationOf('bare')
  expect(nestedBody(operation, { content: 'a', size: 2 })).toEqual({
    inputs: { content: 'a' },
    configuration: { size: 2 },
  })
  for (const body of [{ inputs: {} }, { configuration: {}, content: 'a' }, 'text', null, []])
    expect(nestedBody(operation, body)).toBe(body)
})

describe('the shape of a body', () => {
  const flat: Operation = { ...operationOf('bare'), wire: { native: { body: 'bare', flat: true } } }

  it('is all that is checked of it', () => {
    for (const body of [{ inputs: 12 }, { inputs: [{}, 1], configuration: null }])
      expect(readBody(operationOf('wrapped'), body)).toBe(body)
    expect(readBody(flat, { content: 12, extra: 1 })).toEqual({ inputs: { content: 12 }, configuration: { extra: 1 } })
  })

  it.each<[unknown, string, string, Operation?]>([
    [undefined, '', 'must be object'],
    [[], '', 'must be object'],
    ['text', '', 'must be object', flat],
    [{ configuration: {} }, '/inputs', 'is required'],
    [{ configuration: {}, content: 'a' }, '/inputs', 'is required', flat],
    [{ inputs: {}, 'a/b~': 1 }, '/a~1b~0', 'is not a known field'],
    [{ inputs: {} }, '/inputs', 'must be array', operationOf('list')],
  ])('is not that of %j, at "%s"', (body, pointer, detail, operation = operationOf('wrapped')) => {
    expect(() => readBody(operation, body)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', violations: [{ pointer, detail }] }),
    )
  })
})

describe('pointers of errors', () => {
  const error = new ServeryError('INVALID_INPUT', 'no', {
    retryAfterSeconds: 2,
    violations: [
      { pointer: '/inputs/0/content', detail: 'no' },
      { pointer: '/configuration/size', detail: 'no' },
    ],
  })
  const pointersIn = (inputs: unknown, operation = operationOf('wrapped')) =>
    encodePointers(error, operation, { inputs }).violations.map(({ pointer }) => pointer)

  it('lead into the body as it was sent', () => {
    expect(pointersIn([{}])).toEqual(['/inputs/0/content', '/configuration/size'])
    expect(pointersIn({})).toEqual(['/inputs/content', '/configuration/size'])
    expect(pointersIn([{}], together)).toEqual(['/inputs/content', '/configuration/size'])
  })

  it('are the same in the message', () => {
    const invalid = invalidAt('request', [{ pointer: '/inputs/0/content', detail: 'is required' }])
    expect(encodePointers(invalid, operationOf('wrapped'), { inputs: {} }).message).toBe(
      'The request is not valid: /inputs/content is required.',
    )
  })

  it('keep the rest of the error', () => {
    expect(encodePointers(error, operationOf('wrapped'), { inputs: {} })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'no',
      retryAfterSeconds: 2,
    })
  })
})
