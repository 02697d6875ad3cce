/** Answers over a classifier that the test makes: no artifact. */
import type { Entity } from '@servery/entities'
import { itemsOf } from '@servery/serving'
import { succeeded } from '@servery/testkit'
import { createAssessor, type SentimentItem } from '../../src/sentiment/assess.ts'
import servedModel from '../../src/served-model.ts'

/** By the word that a text holds, logits of negative, neutral, positive. */
function logitsOf(text: string): Float32Array {
  if (/even/.test(text)) return Float32Array.of(Math.log(0.01), Math.log(0.89), Math.log(0.1))
  return Float32Array.of(/bad/.test(text) ? 9 : 0, 1, /good/.test(text) ? 9 : 0)
}

/** What the classifier was given last. */
let read: readonly string[] = []
const assess = createAssessor({
  async classify(texts) {
    read = texts
    return { logits: texts.map(logitsOf), truncated: texts.map((text) => /endless/.test(text)) }
  },
})

async function resultsOf(contents: readonly string[], configuration = {}) {
  const inputs = contents.map((content) => ({ content }))
  return succeeded(await assess(itemsOf(servedModel, { configuration, inputs }) as SentimentItem[]))
}

const outputOf = async (content: string, configuration = {}) => (await resultsOf([content], configuration))[0]!.output

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
    ['Good!', 'too_short'],
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
    const results = await resultsOf(['An endless text', 'A short one'])
    expect(results.map(({ truncated }) => truncated)).toEqual([true, false])
  })

  it.each([
    ['of HTML is what is shown', '<p>All is good.</p><script>bad</script>', { content_type: 'text/html' }, 'positive'],
    ['in English of a country is read', 'A plain text.', { language: 'en-GB' }, 'neutral'],
    ['has the label of the calibrated rule', 'An even text.', { label_rule: 'calibrated' }, 'neutral'],
    ['has the label of the reference rule', 'An even text.', { label_rule: 'reference' }, 'positive'],
  ])('%s', async (_, content, configuration, label) => {
    expect((await outputOf(content, configuration)).label).toBe(label)
  })
})

describe('entities', () => {
  const content = 'Ann was good to us. Bob was bad, whereas Cy stayed at home. Dee slept.'
  const ofNer = { entity_type: 'PER', score: 0.9, start: 0, end: 3 }
  const bob: Entity = { ...ofNer, entity_text: 'Bob', sentence_index: 1, document_start: 20, document_end: 23 }
  const ann: Entity = { ...ofNer, entity_text: 'Ann', sentence_index: 0, document_start: 0, document_end: 3 }
  const unknown = { text: 'Eve', score: 0.98, entity_type: null, sentiment: 'neutral', reason: 'not_in_text' }

  it.each([
    [
      'have the sentiment of what is said of them, under either name of the text',
      [{ text: 'Ann' }, { entity_text: 'Bob' }, { text: 'Cy' }, { entity_text: 'Dee', text: null }],
      ['positive', 'negative', 'neutral', 'neutral'].map((sentiment) => ({ sentiment })),
    ],
    [
      'of ner are taken as they are, and come back in order',
      [bob, ann],
      [
        { ...ofNer, text: 'Bob', sentence_index: 1, sentiment: 'negative' },
        { ...ofNer, text: 'Ann', sentence_index: 0, sentiment: 'positive' },
      ],
    ],
    ['that the text does not hold are neutral and say so', [{ text: 'Eve', score: '0.98' }], [unknown]],
    ['may be an empty list', [], []],
    ['may be none', null, null],
  ])('%s', async (_, entities, expected) => {
    expect(await outputOf(content, { entities })).toMatchObject({ entities: expected })
  })

  it('of a text that is not read are neutral', async () => {
    const expected = [{ sentiment: 'neutral', neutral_prob: 1 }]
    expect(await outputOf('ok Al', { entities: [{ text: 'Al' }] })).toMatchObject({ entities: expected })
  })
})

describe('lists of inputs', () => {
  const contents = ['Ann was good to us.', 'Ann was bad to us.']

  it.each([
    ['share one list of entities', [{ text: 'Ann' }], [['positive'], ['negative']]],
    ['have one list each', [[{ text: 'Ann' }], []], [['positive'], []]],
  ])('%s', async (_, entities, expected) => {
    const results = await resultsOf(contents, { entities })
    expect(results.map(({ output }) => output.entities!.map(({ sentiment }) => sentiment))).toEqual(expected)
  })

  it('are read together, each text once', async () => {
    await resultsOf([...contents, ...contents])
    expect(read).toHaveLength(2)
  })
})
