/** Assesses a batch: classifies passages and clauses of all documents in one call, then averages them. */
import { type Mention, mentionText } from '@servery/entities'
import type { SequenceClassifier } from '@servery/onnx'
import type { Item, ItemResult } from '@servery/serving/model'
import { splitSentences } from '@servery/text'
import { blankHtml } from '@servery/text/html'
import type { AssessedEntity, Configuration, Output } from '../schemas.ts'
import { CERTAINLY_NEUTRAL, LABEL_RULES, meanOf, type Probabilities, softmax } from './labels.ts'
import { contextsOf, type Document } from './mentions.ts'
import { cut, passagesOf, type Span } from './passages.ts'

export type SentimentItem = Item<{ readonly content: string }, Configuration>
export type Assessor = (items: readonly SentimentItem[]) => Promise<ItemResult<Output>[]>

/** A text with at most this many characters is too short to assess: the reference drops such sentences. */
const TOO_SHORT = 5

interface Plan {
  readonly document: Document
  readonly configuration: Configuration
  /** The list of this input, see `configure`. */
  readonly mentions: readonly Mention[]
  readonly reason?: NonNullable<Output['reason']>
  /** The passages to read; empty if there is a `reason`. */
  readonly passages: readonly Span[]
  /** By entity, the parts of the text to read. */
  readonly contexts: readonly (readonly Span[])[]
}

export function createAssessor(classifier: Pick<SequenceClassifier, 'classify'>): Assessor {
  return async (items) => {
    const plans = items.map(planOf)
    const rows = new Map<string, number>()
    for (const plan of plans) {
      for (const span of [...plan.passages, ...plan.contexts.flat()]) {
        const text = textOf(plan, span)
        if (!rows.has(text)) rows.set(text, rows.size)
      }
    }
    const { logits, truncated } = await classifier.classify([...rows.keys()])
    const each = logits.map(softmax)
    return plans.map((plan) => {
      const rowOf = (span: Span) => rows.get(textOf(plan, span))!
      return {
        output: outputOf(plan, (span) => each[rowOf(span)]!),
        truncated: plan.passages.some((span) => truncated[rowOf(span)]),
      }
    })
  }
}

function planOf({ input: { content }, configuration }: SentimentItem): Plan {
  const text = configuration.content_type === 'text/html' ? blankHtml(content) : content
  const document = { content, text, sentences: splitSentences(text) }
  const reason = !/[\p{L}\p{N}]/u.test(text) ? 'no_words' : text.trim().length <= TOO_SHORT ? 'too_short' : undefined
  const mentions = (configuration.entities ?? []) as Mention[]
  if (reason) return { document, configuration, mentions, reason, passages: [], contexts: mentions.map(() => []) }
  const contexts = contextsOf(document, mentions).map((spans) => spans.flatMap((span) => cut(text, span)))
  return { document, configuration, mentions, passages: passagesOf(text, document.sentences), contexts }
}

function textOf({ document }: Plan, { start, end }: Span): string {
  return document.text.slice(start, end)
}

type Read = (span: Span) => Probabilities

function outputOf(plan: Plan, read: Read): Output {
  const { configuration, mentions, contexts } = plan
  const label = LABEL_RULES[configuration.label_rule]
  const mean = plan.reason ? CERTAINLY_NEUTRAL : meanOver(plan.passages, read)
  return {
    label: plan.reason ? 'neutral' : label(mean),
    ...fieldsOf(mean),
    ...(plan.reason && { reason: plan.reason }),
    entities: configuration.entities && mentions.map((mention, i) => entityOf(mention, contexts[i]!, read, label)),
  }
}

function entityOf(
  mention: Mention,
  contexts: readonly Span[],
  read: Read,
  label: (of: Probabilities) => Output['label'],
): AssessedEntity {
  const mean = contexts.length > 0 ? meanOver(contexts, read) : CERTAINLY_NEUTRAL
  const score = Number(mention.score ?? NaN)
  return {
    entity_type: mention.entity_type ?? null,
    text: mentionText(mention) as string,
    score: Number.isFinite(score) ? score : null,
    sentence_index: mention.sentence_index ?? null,
    start: mention.start ?? null,
    end: mention.end ?? null,
    sentiment: contexts.length > 0 ? label(mean) : 'neutral',
    ...fieldsOf(mean),
    ...(contexts.length === 0 && { reason: 'not_in_text' as const }),
  }
}

/** Weighted by length. */
function meanOver(spans: readonly Span[], read: Read): Probabilities {
  return meanOf(
    spans.map(read),
    spans.map(({ start, end }) => end - start),
  )
}

function fieldsOf({ negative, neutral, positive }: Probabilities) {
  return { negative_prob: negative, neutral_prob: neutral, positive_prob: positive }
}
