/** From a canonical request to items: schemas, sizes, settings per item, and the places of what is refused. */
import { ServeryError } from '@servery/core'
import { type TObject, Type } from '@servery/schema'
import { defineModel, defineOperation } from '../../src/model/model.ts'
import { itemsOf, prepareInputs } from '../../src/model/request.ts'

const input = Type.Object({ content: Type.String() }, { additionalProperties: false })
const refuse = (pointer: string) => {
  throw new ServeryError('INVALID_INPUT', 'no', { violations: [{ pointer, detail: 'no' }] })
}
const definition = defineModel({
  module: 'unused',
  input,
  configuration: Type.Object({ size: Type.Integer({ default: 1, minimum: 1 }) }),
  output: Type.Integer(),
  example: { inputs: [{ content: 'a' }] },
  load: async () => undefined,
  predict: async () => [],
  configure: ({ size }, index) => ({ size: size + index }),
  validate: ({ input: { content } }) => {
    if (content === 'bad input') refuse('/input/content')
    if (content === 'bad setting') refuse('/configuration/size')
  },
  operations: {
    sum: defineOperation({
      summary: 'Sums',
      input: Type.Array(input),
      configuration: Type.Object({}),
      output: Type.Integer(),
      example: { inputs: [[]] },
      predict: async () => [],
    }),
  },
})

const contents = (...texts: string[]) => ({ inputs: texts.map((content) => ({ content })) })

it('makes one item of each input, with defaults and the settings that apply to it', () => {
  expect(itemsOf(definition, contents('a', 'b'))).toEqual([
    { input: { content: 'a' }, configuration: { size: 1 }, operation: 'predict' },
    { input: { content: 'b' }, configuration: { size: 2 }, operation: 'predict' },
  ])
  expect(itemsOf(definition, { operation: 'sum', inputs: [[]] })).toEqual([
    { input: [], configuration: {}, operation: 'sum' },
  ])
})

describe('defaults of a configuration', () => {
  const withConfiguration = (configuration: TObject) => {
    const { configure: _, validate: __, ...predict } = definition.operations.predict
    return { ...definition, operations: { predict: { ...predict, configuration } } } as never
  }
  const settingsOf = (configuration: TObject, given: object) =>
    itemsOf(withConfiguration(configuration), { ...contents('a'), configuration: given as never })[0]!.configuration

  it('apply to each request anew, also to what is undefined', () => {
    const schema = Type.Object({ words: Type.Array(Type.String(), { default: ['a'] }), size: Type.Integer() })
    const definition = withConfiguration(schema)
    const [one, other] = [1, 2].map(() =>
      itemsOf(definition, { ...contents('a'), configuration: { words: undefined } }),
    )
    expect(one![0]!.configuration).toEqual({ words: ['a'] })
    expect((one![0]!.configuration as { words: object }).words).not.toBe(
      (other![0]!.configuration as { words: object }).words,
    )
  })

  it('apply inside of fields', () => {
    const range = Type.Object({ least: Type.Integer({ default: 1 }), most: Type.Integer({ default: 9 }) })
    const schema = Type.Object({ range: Type.Partial(range, { default: {} }) })
    expect(settingsOf(schema, { range: { most: 5 } })).toEqual({ range: { least: 1, most: 5 } })
    expect(settingsOf(schema, {})).toEqual({ range: { least: 1, most: 9 } })
  })
})

it.each<[string, object, string, string]>([
  ['no settings', { ...contents('a'), configuration: null }, '/configuration', 'must be object'],
  ['no inputs', { inputs: [] }, '/inputs', 'fewer than 1'],
  ['a missing field', { inputs: [{ content: 'a' }, {}] }, '/inputs/1/content', 'is required'],
  ['an unknown field', { inputs: [{ content: 'a', 'x/y': 1 }] }, '/inputs/0/x~1y', 'is not a known field'],
  ['a wrong type', { inputs: [{ content: 1 }] }, '/inputs/0/content', 'must be string'],
  ['an unknown setting', { ...contents('a'), configuration: { no: 1 } }, '/configuration/no', 'is not a known field'],
  ['a setting out of range', { ...contents('a'), configuration: { size: 0 } }, '/configuration/size', 'must be >= 1'],
  ['an input that the model refuses', contents('a', 'bad input'), '/inputs/1/content', 'no'],
  ['a setting that the model refuses', contents('a', 'bad setting'), '/configuration/size', 'no'],
])('refuses %s with its place', (_, request, pointer, detail) => {
  expect(() => itemsOf(definition, request as never)).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      violations: [{ pointer, detail: expect.stringContaining(detail) }],
    }),
  )
})

it('says of a request that it is too large before anything else', () => {
  const request = contents('bad input', 'much too long')
  expect(() => itemsOf(definition, request, { maxItems: 2, maxCharacters: 10 })).toThrow(
    expect.objectContaining({
      code: 'INPUT_TOO_LARGE',
      violations: [expect.objectContaining({ pointer: '/inputs/1/content' })],
    }),
  )
})

it.each(['constructor', '__proto__', 'none'])('has no operation %s, and names those it has', (operation) => {
  expect(() => itemsOf(definition, { operation, ...contents('a') })).toThrow(
    expect.objectContaining({ code: 'ROUTE_NOT_FOUND', message: expect.stringContaining('predict, sum') }),
  )
})

it.each(['predict', 'versions', 'bio'])('lets no operation be called %s', (name) => {
  const { sum } = definition.operations
  const fields = { module: 'unused', load: async () => undefined, ...definition.operations.predict }
  expect(() => defineModel({ ...fields, operations: { [name]: sum as never } })).toThrow(`'${name}'`)
})

it('tells inputs that can be asked from those that cannot', () => {
  const inputs = ['a', 12, { content: 'much too long' }, { content: 'bad input' }, { content: 'b' }]
  const prepared = prepareInputs(definition, { inputs }, { maxItems: 5, maxCharacters: 10 })
  expect(prepared.map((input) => (input instanceof ServeryError ? input.code : input.configuration))).toEqual([
    'INVALID_INPUT',
    'INVALID_INPUT',
    'INPUT_TOO_LARGE',
    'INVALID_INPUT',
    { size: 5 },
  ])
})

describe('sizes', () => {
  const { validate: _, ...predict } = definition.operations.predict
  const texts = { ...definition, operations: { predict: { ...predict, input: Type.Any() } } }
  const limits = { maxItems: 3, maxCharacters: 2 }
  it.each<[string, unknown[], string | undefined]>([
    ['as many inputs and characters as are allowed', [{ content: 'ab' }, 'ab', [{ content: 'ab' }]], undefined],
    ['an input too many', ['a', 'a', 'a', 'a'], '/inputs'],
    ['an input too many in a list', [['a', 'a', 'a', 'a']], '/inputs'],
    ['a long text', ['a', 'abc'], '/inputs/1'],
    ['a long field', [{ content: 'abc' }], '/inputs/0/content'],
    ['a long field in a list', [[{ content: 'a' }, { content: 'abc' }]], '/inputs/0/1/content'],
    ['what has no text', [null, 1, true], undefined],
  ])('%s', (_, inputs, pointer) => {
    const check = expect(() => itemsOf(texts, { inputs }, limits))
    if (pointer === undefined) check.not.toThrow()
    else
      check.toThrow(
        expect.objectContaining({ code: 'INPUT_TOO_LARGE', violations: [expect.objectContaining({ pointer })] }),
      )
  })
})
