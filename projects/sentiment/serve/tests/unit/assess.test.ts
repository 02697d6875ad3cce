import type { Entity } from '@servery/entities'
import { itemsOf, type PredictBody } from '@servery/serving'
import type { Output } from '../../src/schemas.ts'
import { createAssessor } from '../../src/sentiment/assess.ts'
import servedModel from '../../src/served-model.ts'

/** Reads words: `good` is positive, `bad` negative, anything else neutral; remembers what it was given. */
let read: readonly string[] = []
const classifier = {
  classify: async (texts: readonly string[]) => {
    read = texts
    const logits = texts.map((text) => Float32Array.of(/bad/.test(text) ? 9 : 0, 1, /good/.test(text) ? 9 : 0))
    return { logits, truncated: texts.map((text) => /endless/.test(text)) }
  },
}
const assess = createAssessor(classifier)
const predict = (body: PredictBody) => assess(itemsOf(servedModel as never, body) as never)

async function outputOf(content: string, configuration: PredictBody['configuration'] = {}): Promise<Output> {
  const [result] = await predict({ configuration, inputs: { content } })
  if (!result || 'error' in result) throw new Error('no output')
  return result.output
}

describe('a text', () => {
  it.each([
    ['All is good here.', 'positive'],
    ['All is bad here.', 'negative'],
    ['All is here.', 'neutral'],
  ])('%s is %s, and its probabilities sum to 1', async (content, label) => {
    const found = await outputOf(content)
    expect(found).toMatchObject({ label, entities: null })
    expect(found.negative_prob + found.neutral_prob + found.positive_prob).toBeCloseTo(1, 3)
    expect(found.reason).toBeUndefined()
  })

  it.each([
    ['', 'no_words'],
    [' \n\t ', 'no_words'],
    ['?!… 👍🏽', 'no_words'],
    ['ok', 'too_short'],
    [' bad. ', 'too_short'],
  ])('%j is neutral, says why and is not read', async (content, reason) => {
    const nothing = { negative_prob: 0, neutral_prob: 1, positive_prob: 0 }
    expect(await outputOf(content)).toEqual({ label: 'neutral', ...nothing, reason, entities: null })
    expect(read).toEqual([])
  })

  it('is what its passages are, by length', async () => {
    const long = `All is good${' and on it goes'.repeat(25)}. `
    const found = await outputOf(`${long}${long}All is bad here.`)
    expect(read).toHaveLength(2)
    expect(found.label).toBe('positive')
    expect(found.negative_prob).toBeGreaterThan(0.01)
  })

  it('says when the model read only a part', async () => {
    const results = await predict({ inputs: [{ content: 'An endless text' }, { content: 'A short one' }] })
    expect(results.map((result) => 'truncated' in result && result.truncated)).toEqual([true, false])
  })

  it('of HTML is what is shown', async () => {
    const content = '<p>All is good.</p><script>bad</script>'
    expect((await outputOf(content, { content_type: 'text/html' })).label).toBe('positive')
  })

  it('has the label of the rule that is asked for', async () => {
    const even = createAssessor({
      classify: async (texts) => ({
        logits: texts.map(() => Float32Array.of(Math.log(0.01), Math.log(0.89), Math.log(0.1))),
        truncated: texts.map(() => false),
      }),
    })
    const labels = async (label_rule: string) => {
      const items = itemsOf(servedModel as never, {
        configuration: { label_rule },
        inputs: { content: 'A plain text.' },
      })
      return (await even(items as never)).map((result) => 'output' in result && result.output.label)
    }
    expect([await labels('calibrated'), await labels('reference')]).toEqual([['neutral'], ['positive']])
  })
})

describe('entities', () => {
  const content = 'Ann was good to us. Bob was bad, whereas Cy stayed at home. Dee slept.'
  const sentiments = async (entities: unknown) =>
    (await outputOf(content, { entities })).entities?.map(({ sentiment }) => sentiment)

  it('have the sentiment of what is said of them, under either name of the text', async () => {
    const names = [{ text: 'Ann' }, { entity_text: 'Bob' }, { text: 'Cy' }, { entity_text: 'Dee', text: null }]
    expect(await sentiments(names)).toEqual(['positive', 'negative', 'neutral', 'neutral'])
  })

  it('of ner are taken as they are, and come back in order', async () => {
    const entities: Entity[] = ['Bob', 'Ann'].map((entity_text) => {
      const document_start = content.indexOf(entity_text)
      const sentence_index = entity_text === 'Ann' ? 0 : 1
      const start = 0
      const end = 3
      return {
        entity_type: 'PER',
        entity_text,
        score: 0.9,
        sentence_index,
        start,
        end,
        document_start,
        document_end: document_start + 3,
      }
    })
    const found = await outputOf(content, { entities })
    expect(found.entities).toMatchObject([
      { entity_type: 'PER', text: 'Bob', score: 0.9, sentence_index: 1, start: 0, end: 3, sentiment: 'negative' },
      { text: 'Ann', sentence_index: 0, sentiment: 'positive' },
    ])
  })

  it('that the text does not hold are neutral and say so', async () => {
    const [found] = (await outputOf(content, { entities: [{ text: 'Eve', score: '0.98' }] })).entities!
    expect(found).toMatchObject({
      text: 'Eve',
      score: 0.98,
      entity_type: null,
      sentiment: 'neutral',
      reason: 'not_in_text',
    })
  })

  it('of a text that is not read are neutral', async () => {
    const { entities } = await outputOf('ok Al', { entities: [{ text: 'Al' }] })
    expect(entities).toMatchObject([{ sentiment: 'neutral', neutral_prob: 1 }])
  })

  it('may be none', async () => {
    expect((await outputOf(content, { entities: [] })).entities).toEqual([])
    expect((await outputOf(content, { entities: null })).entities).toBeNull()
  })
})

describe('lists of inputs', () => {
  const inputs = [{ content: 'Ann was good to us.' }, { content: 'Ann was bad to us.' }]
  const labels = async (entities: unknown) =>
    (await predict({ configuration: { entities }, inputs })).map(
      (result) => 'output' in result && result.output.entities?.map(({ sentiment }) => sentiment),
    )

  it('share one list of entities or have one each', async () => {
    expect(await labels([{ text: 'Ann' }])).toEqual([['positive'], ['negative']])
    expect(await labels([[{ text: 'Ann' }], []])).toEqual([['positive'], []])
  })

  it('are refused with another number of lists', async () => {
    await expect(labels([[{ text: 'Ann' }]])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('are read together, each text once', async () => {
    await predict({ inputs: [...inputs, ...inputs] })
    expect(read).toHaveLength(2)
  })
})

describe('what is refused', () => {
  const refused = (configuration: PredictBody['configuration']) =>
    expect(outputOf('A plain text.', configuration)).rejects

  it('any language but English, naming it', async () => {
    await refused({ language: 'de' }).toMatchObject({
      code: 'UNSUPPORTED_LANGUAGE',
      message: expect.stringContaining('languages: en'),
      violations: [{ pointer: '/configuration/language' }],
    })
    await expect(outputOf('A plain text.', { language: 'en-GB' })).resolves.toMatchObject({ label: 'neutral' })
  })

  it('an entity without a name', async () => {
    await refused({ entities: [{ text: 'Ann' }, { text: '' }] }).toMatchObject({
      code: 'INVALID_INPUT',
      violations: [{ pointer: '/configuration/entities/1' }],
    })
  })
})
