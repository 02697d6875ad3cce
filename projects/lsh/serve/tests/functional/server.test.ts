/** The running server: what every served model must do, and what is lsh's own. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../dist/served-model.js'

const one = { content: 'Harbour council approves ferry terminal upgrade; harbour council funds ferry terminal jobs.' }
const other = { signature: ['AAAA'], signature_algorithm: 'minhash-words/1' }
const options = { servedModel, languageSettings: ['language'], texts: ['en', 'words', 'minhash-words/1'] }
describeServedModel({ folder: import.meta.dirname, ...options }, ({ client: { post, predict, get } }) => {
  it('compares a stored signature with a text', async () => {
    const { body: signed } = await predict({ inputs: one })
    const { status, body } = await post('compare', { inputs: [signed, one] })
    expect(status).toBe(200)
    expect(body.pairs).toEqual([{ first: 0, second: 1, estimated_jaccard: 1, exact_jaccard: null, candidate: true }])
  })

  it.each([
    ['a setting out of range', 'predict', { configuration: { num_perm: 1 }, inputs: one }],
    ['a shingle of no words', 'predict', { configuration: { shingle_list: 0 }, inputs: one }],
    ['one text to compare', 'compare', { inputs: [one] }],
    ['51 texts to compare', 'compare', { inputs: Array(51).fill(one) }],
    ['a signature of other bands', 'compare', { inputs: [one, other] }],
    ['a long text to compare', 'compare', { inputs: [one, { content: 'a'.repeat(200_001) }] }, 'INPUT_TOO_LARGE'],
  ])('refuses %s', async (_, route, sent, code = 'INVALID_INPUT') => {
    const { status, body } = await post(route, sent)
    expect([status, body.code]).toEqual([code === 'INVALID_INPUT' ? 422 : 413, code])
  })

  it('answers probes while it signs the longest text with the most permutations', async () => {
    const configuration = { num_perm: 1_024, shingle_list: 1 }
    let isSigning = true
    const signing = predict({ configuration, inputs: { content: 'x1 '.repeat(66_666) } }).finally(() => {
      isSigning = false
    })
    let probes = 0
    for (; isSigning; probes++) expect((await get('/v1/live')).status).toBe(200)
    expect((await signing).status).toBe(200)
    expect(probes).toBeGreaterThan(3)
  })
})
