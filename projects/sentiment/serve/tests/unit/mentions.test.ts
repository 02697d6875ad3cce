import type { Mention } from '@servery/entities'
import { splitSentences } from '@servery/text'
import { blankHtml } from '@servery/text/html'
import { contextsOf } from '../../src/sentiment/mentions.ts'

function contexts(content: string, mention: Mention, text = content): string[] {
  const document = { content, text, sentences: splitSentences(text) }
  return contextsOf(document, [mention])[0]!.map(({ start, end }) => content.slice(start, end).trim())
}

const dinner = 'The food at Luigi was great, but the service at Mario was awful.'
const film = 'All About But Me was a fine film.'

it.each([
  ['the sentence that names it', 'We met Ann. Bob was late.', 'Bob', ['Bob was late.']],
  ['all that do', 'Ann sang well. Bob slept. All liked Ann!', 'Ann', ['Ann sang well.', 'All liked Ann!']],
  ['a sentence once, however often it names it', 'Ann met Ann.', 'Ann', ['Ann met Ann.']],
  ['with its punctuation', 'The U.S. Army won?! Great.', 'U.S. Army', ['The U.S. Army won?!']],
  ['with a hyphen', 'I love Coca-Cola.', 'Coca-Cola', ['I love Coca-Cola.']],
  ['none where another word holds its letters', 'The USAGE grew.', 'USA', []],
  ['none in another spelling', 'We trust us.', 'US', []],
  ['none that is not there', 'Ann sang.', 'Bob', []],
  ['the clause after but', dinner, 'Mario', ['but the service at Mario was awful.']],
  ['the clause before but', dinner, 'Luigi', ['The food at Luigi was great,']],
  ['the clause before a semicolon', 'Ann won the race; Bob lost his shoes.', 'Ann', ['Ann won the race;']],
  ['the clause after a dash', 'Ann won the race — poor Bob lost his way.', 'Bob', ['poor Bob lost his way.']],
  ['no turn within the name', film, 'All About But Me', [film]],
  ['no clause that says nothing', 'We all like Ann, but not Bob.', 'Bob', ['We all like Ann, but not Bob.']],
])('what is read of an entity: %s', (_, content, text, expected) => {
  expect(contexts(content, { text })).toEqual(expected)
})

const [first, second] = ['Ann sang well.', 'Then Ann fell.'] as const

it.each<[string, Mention, string[]]>([
  ['of the document', { text: 'Ann', document_start: 20, document_end: 23 }, [second]],
  ['of the sentence', { entity_text: 'Ann', sentence_index: 1, start: 5, end: 8 }, [second]],
  ['of the sentence alone', { text: 'Ann', sentence_index: 0 }, [first]],
  ['of sentences', { text: 'Ann', sentence_indexes: [1, 0, 1] }, [second, first]],
  ['of a sentence that says she', { text: 'Anna', sentence_indexes: [1] }, [second]],
  ['of a sentence that is not there', { text: 'Ann', sentence_indexes: [7] }, []],
  ['not believed, of another text', { text: 'Ann', document_start: 4, document_end: 7 }, [first, second]],
  ['not believed, past the end', { text: 'Ann', document_start: 900, document_end: 903 }, [first, second]],
])('places %s', (_, mention, expected) => {
  expect(contexts(`${first} ${second}`, mention)).toEqual(expected)
})

const html = '<p title="Ann">Ann sang.</p><script>Ann</script><p>AT&amp;T paid.</p>'

it.each([
  ['hides no name and adds none', 'Ann', 'Ann sang.'],
  ['is searched for an entity as it is sent', 'AT&amp;T', 'AT&amp;T paid.'],
])('markup %s', (_, text, expected) => {
  expect(contexts(html, { text }, blankHtml(html))).toEqual([expected])
})

it('many entities in a long text come without a stall', () => {
  const content = 'a but '.repeat(33_000)
  const document = { content, text: content, sentences: splitSentences(content) }
  const mentions = Array.from({ length: 1_000 }, (_, i) => ({
    text: 'a but '.repeat(i % 20).trim() || 'a',
    ...(i % 2 === 0 && { sentence_indexes: [0] }),
  }))
  const startedAt = performance.now()
  expect(contextsOf(document, mentions)).toHaveLength(1_000)
  expect(performance.now() - startedAt).toBeLessThan(30_000) // quadratic would be minutes
})
