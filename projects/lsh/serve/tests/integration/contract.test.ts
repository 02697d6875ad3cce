/** What the reference libraries answer to 200 texts in many scripts (compile/compile.py): the same signatures, bit for bit. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { itemsOf } from '@servery/serving'
import { loadInProcess, projectUnderTest } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

interface Recorded {
  readonly configuration: Record<string, unknown>
  readonly content: string
  readonly bands: number | null
  readonly sha256: string | null
}

const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, 'reference.json'), 'utf8')) as Recorded[]

it('signs every text as the reference does', async () => {
  const model = await loadInProcess(servedModel, projectUnderTest(import.meta.dirname))
  const items = recorded.flatMap(({ configuration, content }) =>
    itemsOf(servedModel, { configuration, inputs: [{ content }] }),
  )
  const answered = ((await model.outputs(items)) as { signature: string[] | null }[]).map(({ signature }) => {
    const sha256 = signature && createHash('sha256').update(signature.join('\n')).digest('hex')
    return { bands: signature?.length ?? null, sha256 }
  })
  expect(answered).toEqual(recorded.map(({ bands, sha256 }) => ({ bands, sha256 })))
})

it('covers texts with and without a signature', () => {
  const without = recorded.filter(({ sha256 }) => sha256 === null).length
  expect(without).toBeGreaterThan(5)
  expect(recorded.length - without).toBeGreaterThan(100)
})
