/** Signatures of texts for finding near duplicates: MinHash values in bands. */

import { ServeryError } from '@servery/core'
import { bandsOf } from '@servery/hashing'
import { defineModel, defineOperation } from '@servery/serving/model'
import { type Configuration, compared, comparison, configuration, input, output } from './schemas.ts'
import { ALGORITHMS, LANGUAGES } from './signing/algorithms.ts'
import { compare } from './signing/compare.ts'
import { createParameters } from './signing/parameters.ts'
import { sign, wordsOf } from './signing/sign.ts'

type Loaded = ReturnType<typeof createParameters>

const FERRY = 'Harbour council approves ferry terminal upgrade; harbour council funds ferry terminal jobs.'

export default defineModel({
  module: import.meta.url,
  wire: { native: { body: 'bare' } },
  input,
  configuration,
  output,
  example: { configuration: { num_perm: 16 }, inputs: [{ content: FERRY }] },
  bio: {
    languages: LANGUAGES,
    signature_algorithm: ALGORITHMS.words.id,
    signature_algorithms: Object.fromEntries(Object.entries(ALGORITHMS).map(([name, { id }]) => [name, id])),
  },

  async load(): Promise<Loaded> {
    return createParameters()
  },

  async predict(items, parametersOf) {
    return items.map(({ input: { content }, configuration }) => {
      const { permutations, bands } = parametersOf(configuration.threshold, configuration.num_perm)
      const values = sign(wordsOf(content, configuration), configuration.shingle_list, permutations)
      const signature = values ? bandsOf(values, bands) : null
      return { output: { signature, signature_algorithm: ALGORITHMS[configuration.algorithm].id } }
    })
  },

  cost: ({ input: { content }, configuration }) => costOf(content, configuration),

  validate: ({ configuration }) => checkLanguage(configuration),

  operations: {
    compare: defineOperation({
      summary: 'Compares every pair of two or more texts or signatures',
      wire: { native: { body: 'together' } },
      input: compared,
      configuration,
      output: comparison,
      example: { inputs: [[{ content: FERRY }, { content: FERRY.replace('jobs', 'repairs') }]] },

      async predict(items, parametersOf: Loaded) {
        return items.map(({ input, configuration }) =>
          compare(input, configuration, parametersOf(configuration.threshold, configuration.num_perm)),
        )
      },

      cost: ({ input, configuration }) =>
        input.reduce((sum, each) => sum + ('content' in each ? costOf(each.content, configuration) : 1), 0),

      validate({ input, configuration }) {
        checkLanguage(configuration)
        const { id } = ALGORITHMS[configuration.algorithm]
        for (const [i, each] of input.entries()) {
          if ('content' in each || each.signature_algorithm === id) continue
          const detail = `is not ${id}, which algorithm asks for`
          throw new ServeryError('INVALID_INPUT', `signature_algorithm of input ${i} ${detail}.`, {
            violations: [{ pointer: `/input/${i}/signature_algorithm`, detail }],
          })
        }
      },
    }),
  },
})

/** One unit is about 8 µs, so batches of the default size take under 10 ms. */
function costOf(content: string, { num_perm }: Configuration): number {
  return 1 + Math.ceil((content.length / 64) * (1 + num_perm / 128))
}

function checkLanguage({ language }: Configuration): void {
  if (language === null || LANGUAGES.includes(language)) return
  const detail = 'is no language that stop words are known of; bio lists those that are, and null removes none'
  throw new ServeryError('UNSUPPORTED_LANGUAGE', `The language ${detail}.`, {
    violations: [{ pointer: '/configuration/language', detail }],
  })
}
