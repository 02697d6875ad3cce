/** Which of the errors of a schema are shown, and where they point. */
import { Compile, type TSchema, Type } from '@servery/schema'
import { invalidInput } from '../../src/model/violations.ts'

const point = Type.Object({ x: Type.Integer({ minimum: 0 }), y: Type.Integer() }, { additionalProperties: false })
const either = Type.Object({
  words: Type.Union([Type.Array(Type.String()), Type.Array(Type.Array(Type.String())), Type.Null()]),
  size: Type.Integer(),
})

it.each<[string, TSchema, unknown, readonly [string, string][]]>([
  ['the first of several fields', point, { x: 'a', y: 'b' }, [['/a/x', 'must be integer']]],
  ['a missing field before others', point, { y: 'b' }, [['/a/x', 'is required']]],
  ['an unknown field before a wrong one', point, { x: 'a', y: 1, z: 1 }, [['/a/z', 'is not a known field']]],
  ['the first of two list items', Type.Array(point), [{}, {}], [['/a/0/x', 'is required']]],
  [
    'the first place in each branch, if they are equally deep',
    either,
    { words: ['a', 1, 2], size: 'b' },
    [
      ['/a/words/1', 'must be string'],
      ['/a/words/0', 'must be array'],
    ],
  ],
  ['the deepest place of all branches', either, { words: [['a', 1]], size: 1 }, [['/a/words/0/1', 'must be string']]],
])('shows %s', (_, schema, value, places) => {
  const { violations, message } = invalidInput(Compile(schema).Errors(value), 'request', '/a')
  expect(violations.map(({ pointer, detail }) => [pointer, detail])).toEqual(places)
  expect(message).toBe(`The request is not valid: ${places[0]!.join(' ')}.`)
})

it('shows no more of a long name than needed, escaped, however many fields are unknown', () => {
  const unknown = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}/~${'n'.repeat(1_000)}`, 1]))
  const { violations } = invalidInput(Compile(point).Errors({ x: 1, y: 1, ...unknown }), 'request', '')
  const [{ pointer, detail }] = violations as [{ pointer: string; detail: string }]
  expect(pointer).toMatch(/^\/0~1~0n{10,}$/)
  expect(pointer.length).toBeLessThan(70)
  expect(detail).toBe('is not a known field')
})
