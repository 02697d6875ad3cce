/** The running server: what every served model must do, and the settings that keywords refuses. */
import { describeServedModel } from '@servery/testkit'
import { contract } from '../contract.ts'

const DOCUMENT = 'Tidal turbines in the bay now power the harbour town through winter storms.'

describeServedModel({ folder: import.meta.dirname, ...contract }, ({ client }) => {
  it('names its languages and the limit of tokens in bio', async () => {
    expect((await client.get('/v1/model/keywords/bio')).body).toMatchObject({ languages: ['en'], max_tokens: 256 })
  })

  it.each([
    ['fewer candidates than keywords', { use_maxsum: true, nr_candidates: 4 }, 'nr_candidates'],
    ['an unknown language of stop words', { stop_words: 'klingon' }, 'stop_words'],
    ['a range that runs down', { keyphrase_ngram_range: [2, 1] }, 'keyphrase_ngram_range'],
    ['one list of seeds for two documents', { seed_keywords: [['a']] }, 'seed_keywords'],
    ['a misspelt setting', { topn: 3 }, 'topn'],
    ['a number as text', { top_n: '3' }, 'top_n'],
    ['a diversity above 1', { diversity: 1.5 }, 'diversity'],
  ])('refuses %s, by its place', async (_, configuration, field) => {
    const inputs = [{ document: DOCUMENT }, { document: DOCUMENT }]
    const { status, body } = await client.predict({ configuration, inputs })
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT'])
    const pointer = `/configuration/${field}`
    expect(body.errors).toContainEqual(expect.objectContaining({ pointer }))
  })
})
