/** Recognises entities in a batch: tags the sentences of all documents in one call, then decodes the entities of each document. */
import type { Entity } from '@servery/entities'
import type { Item, ItemResult } from '@servery/serving/model'
import { type Sentence, splitSentences } from '@servery/text'
import { blankHtml, REFERENCE_FILLER } from '@servery/text/html'
import type { Configuration, Output } from '../schemas.ts'
import { createDecoder, type Decoder } from './decode.ts'
import type { TaggedSentence, Tagger } from './tagger.ts'

type NerItem = Item<{ readonly content: string }, Configuration>
type Recogniser = (items: readonly NerItem[]) => Promise<ItemResult<Output>[]>

interface Document {
  readonly item: NerItem
  /** The text that the model reads, of the same length as the content. */
  readonly text: string
  readonly sentences: readonly Sentence[]
}

export function createRecogniser(tagger: Tagger): Recogniser {
  const decode = createDecoder(tagger.labels)
  return async (items) => {
    const documents = items.map(documentOf)
    const tagged = await tagger.tag(
      documents.flatMap(({ text, sentences }) => sentences.map(({ start, end }) => text.slice(start, end))),
    )
    let next = 0
    return documents.map((document) => ({
      output: {
        predicted_content: document.sentences.flatMap((_, index) =>
          entitiesOf(document, index, tagged[next++]!, decode),
        ),
      },
    }))
  }
}

function documentOf(item: NerItem): Document {
  const { content } = item.input
  const text = item.configuration.content_type === 'text/html' ? blankHtml(content) : content
  return { item, text, sentences: splitSentences(text) }
}

function entitiesOf(
  { item, text, sentences }: Document,
  sentenceIndex: number,
  { words, logits }: TaggedSentence,
  decode: Decoder,
): Entity[] {
  const { start: offset } = sentences[sentenceIndex]!
  const found: Entity[] = []
  for (const span of decode(logits, (word) => isHandle(text, offset, words, word))) {
    const start = words[span.start]!.start
    const end = afterFillers(text, offset + words[span.end - 1]!.end) - offset
    const entityText = item.input.content.slice(offset + start, offset + end)
    if (!isNamed(entityText)) continue
    found.push({
      entity_type: span.type,
      entity_text: entityText,
      score: Math.round(span.score * 10_000) / 10_000,
      sentence_index: sentenceIndex,
      ...(item.configuration.return_pos && {
        start,
        end,
        document_start: offset + start,
        document_end: offset + end,
      }),
    })
  }
  return found
}

/** Whether a text is more than punctuation. `@` counts, because in the Broad Twitter Corpus it is an entity on its own. */
export function isNamed(text: string): boolean {
  return /[\p{L}\p{N}@]/u.test(text)
}

/** `@` and the name right after it are one entity. In the training data they are two, separated by white space. */
export function isHandle(text: string, offset: number, words: TaggedSentence['words'], word: number): boolean {
  const { start } = words[word]!
  return text[offset + start - 1] === '@' && words[word - 1]?.end === start
}

function afterFillers(text: string, end: number): number {
  let after = end
  while (text[after] === REFERENCE_FILLER) after += 1
  return after
}
