/** The model in process by both algorithms, and the signatures of the reference (compile/compile.py), bit for bit. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

type Signature = { readonly signature: readonly string[] | null }
const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
const sha256Of = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex')

describeServedModel(
  {
    folder: import.meta.dirname,
    servedModel,
    configurations: [{ algorithm: 'words' }, { algorithm: 'segments' }],
    hostileTexts: [
      ['white space', ' \n\t'.repeat(1_000)],
      ['short words', 'x1 '.repeat(66_666)],
      ['ideographs', '漢字'.repeat(100_000)],
      ['marks alone', '\u0301'.repeat(100_000)],
      ['segments', 'ภาษาไทย'.repeat(28_000)],
    ],
    checkOutput: ({ signature }: Signature) => expect(signature?.length ?? 18).toBe(18),
  },
  ({ model }) => {
    it('signs 200 texts in many scripts, with and without a signature, as the reference does', async () => {
      let without = 0
      for (const { configuration, content, bands, sha256 } of read('reference.json')) {
        const [{ signature }] = (await model().answer({ configuration, inputs: [{ content }] })) as [Signature]
        expect([signature?.length ?? null, signature && sha256Of(signature)]).toEqual([bands, sha256])
        without += bands === null ? 1 : 0
      }
      expect(without).toBeGreaterThan(5)
      expect(without).toBeLessThan(100)
    })
  },
)
