/** The running server: what every served model must do, and what is lsh's own. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../dist/served-model.js'

const FERRY = 'Harbour council approves ferry terminal upgrade; harbour council funds ferry terminal jobs.'
const stored = { signature: ['AAAA'], signature_algorithm: 'minhash-words/1' }

describeServedModel(
  { folder: import.meta.dirname, servedModel, texts: ['en', 'words', 'minhash-words/1'] },
  ({ client }) => {
    const { post, predict, get } = client

    it('compares a stored signature with a text', async () => {
      const { body: signed } = await predict({ inputs: { content: FERRY } })
      const { status, body } = await post('compare', { inputs: [signed, { content: FERRY }] })
      expect(status).toBe(200)
      expect(body.pairs).toEqual([{ first: 0, second: 1, estimated_jaccard: 1, exact_jaccard: null, candidate: true }])
    })

    const one = { content: 'a' }
    it.each<[string, string, unknown, number, string]>([
      ['a setting out of range', 'predict', { configuration: { num_perm: 1 }, inputs: one }, 422, 'INVALID_INPUT'],
      ['a shingle of no words', 'predict', { configuration: { shingle_list: 0 }, inputs: one }, 422, 'INVALID_INPUT'],
      ['a language', 'predict', { configuration: { language: 'xx' }, inputs: one }, 422, 'UNSUPPORTED_LANGUAGE'],
      ['one text to compare', 'compare', { inputs: [one] }, 422, 'INVALID_INPUT'],
      ['51 texts to compare', 'compare', { inputs: Array(51).fill(one) }, 422, 'INVALID_INPUT'],
      ['a signature of other bands', 'compare', { inputs: [one, stored] }, 422, 'INVALID_INPUT'],
      [
        'a signature of another algorithm',
        'compare',
        { inputs: [one, { ...stored, signature_algorithm: 'minhash-words/2' }] },
        422,
        'INVALID_INPUT',
      ],
      ['a long text', 'compare', { inputs: [one, { content: 'a'.repeat(200_001) }] }, 413, 'INPUT_TOO_LARGE'],
    ])('refuses %s', async (_, route, sent, status, code) => {
      const { status: answered, body } = await post(route, sent)
      expect([answered, body.code]).toEqual([status, code])
    })

    it('answers probes while it signs the longest text with the most permutations', async () => {
      let isSigning = true
      const configuration = { num_perm: 1_024, shingle_list: 1 }
      const signed = predict({ configuration, inputs: { content: 'x1 '.repeat(66_666) } }).finally(() => {
        isSigning = false
      })
      const whileSigning: number[] = []
      while (isSigning) {
        const { status } = await get('/v1/live')
        if (isSigning) whileSigning.push(status)
      }
      expect((await signed).status).toBe(200)
      expect(whileSigning.length).toBeGreaterThan(3)
      expect(new Set(whileSigning)).toEqual(new Set([200]))
    })

    it('names its algorithms with their versions in bio', async () => {
      expect((await get('/v1/model/lsh/bio')).body).toMatchObject({
        signature_algorithm: 'minhash-words/1',
        signature_algorithms: { words: 'minhash-words/1', segments: expect.stringMatching(/^minhash-segments\/1-icu/) },
        languages: expect.arrayContaining(['en', 'ta']),
      })
    })
  },
)
