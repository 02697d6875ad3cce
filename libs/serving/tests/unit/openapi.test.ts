/** The paths of a model in the OpenAPI document. */
import { Type } from '@servery/schema'
import type { ModelDescription } from '../../src/inference/inference.ts'
import type { Operation } from '../../src/model/model.ts'
import { modelPaths } from '../../src/protocols/native/openapi.ts'

interface PostOperation {
  readonly parameters: unknown
  readonly requestBody: { readonly content: Record<string, { readonly schema: unknown; readonly example: unknown }> }
  readonly responses: Record<string, { readonly description: string; readonly content: object }>
}

const operation: Operation = {
  input: Type.Object({ const: Type.String(), $id: Type.Integer() }),
  configuration: Type.Object({ mode: Type.Literal('fast', { default: 'fast' }) }),
  output: Type.Object({ kind: Type.Literal(1) }),
  example: { configuration: { mode: 'fast' }, inputs: [{ const: 'a', $id: 1 }] },
  wire: { native: { body: 'bare' } },
  predict: async () => [],
}
const describeVersion = (version: string, predict = operation): ModelDescription => ({
  name: 'a b',
  version,
  isDefault: version === 'A-1',
  card: {},
  operations: { predict },
  bio: {},
  limits: { maxItems: 4, maxCharacters: 8, requestTimeoutMs: 10 },
  int8Instructions: 'none',
})
const pathsOf = (...versions: ModelDescription[]) => {
  const [first, ...others] = versions as [ModelDescription]
  return modelPaths(first, others) as Record<string, { post: PostOperation }>
}

it('has a plain path and one with a version for each route, with the name as it stands in a URL', () => {
  expect(Object.keys(pathsOf(describeVersion('V-1'), describeVersion('V-2')))).toEqual([
    '/v1/model/a%20b/bio',
    '/v1/model/a%20b/predict',
    '/v1/model/a%20b/versions/{version}/bio',
    '/v1/model/a%20b/versions/{version}/predict',
  ])
})

it('has literal paths for a version that differs from the default', () => {
  const other = describeVersion('V/2', { ...operation, summary: 'Another' })
  const paths = pathsOf(describeVersion('V-1'), other, describeVersion('V-3'))
  expect(Object.keys(paths).slice(4)).toEqual([
    '/v1/model/a%20b/versions/V%2F2/bio',
    '/v1/model/a%20b/versions/V%2F2/predict',
  ])
  expect(paths['/v1/model/a%20b/versions/V%2F2/predict']!.post).toMatchObject({ summary: 'Another' })
  expect(paths['/v1/model/a%20b/versions/{version}/predict']!.post).toMatchObject({ summary: 'Runs a b on the inputs' })
})

it('describes parameters, body with example, answers and errors', () => {
  const { post } = pathsOf(describeVersion('V-1'))['/v1/model/a%20b/versions/{version}/predict']!
  expect(post.parameters).toMatchObject([
    { in: 'path', name: 'version', required: true, example: 'V-1' },
    { in: 'header', name: 'x-request-timeout-ms', required: false },
    { in: 'header', name: 'x-canary', required: false },
  ])
  const { schema, example } = post.requestBody.content['application/json']!
  expect(example).toEqual({ configuration: { mode: 'fast' }, inputs: { const: 'a', $id: 1 } })
  const mode = { type: 'string', enum: ['fast'], default: 'fast' }
  const fields = { const: { type: 'string' }, $id: { type: 'integer' } }
  expect(schema).toMatchObject({
    properties: { configuration: { properties: { mode } }, inputs: { anyOf: [{ properties: fields }, {}] } },
  })
  const { responses } = post
  expect(JSON.stringify(responses['200'])).toContain('"kind":{"type":"number","enum":[1]}')
  expect(responses['422']!.description).toBe('INVALID_INPUT, UNSUPPORTED_LANGUAGE, ITEM_REJECTED')
  expect(Object.keys(responses['422']!.content)).toEqual(['application/problem+json'])
  expect(JSON.stringify(responses)).not.toContain('"$id":"')
})
