/** Summaries written by a language model behind an OpenAI-compatible chat endpoint. */
import { isServeryError, ServeryError } from '@servery/core'
import { Upstream } from '@servery/http-client'
import type { ItemResult } from '@servery/serving/model'
import type { Language } from '../languages.ts'
import type { Params } from '../params.ts'
import type { Configuration, Output } from '../schemas.ts'
import { NoSummary, summaryIn } from './answer.ts'
import { messagesFor, type Prompts } from './prompts.ts'

/** Makes an extractive summary without blocking the process. */
export type Extract = (content: string, language: Language, length: number) => Promise<string>

const NAME = 'The language model'

export class Writer {
  readonly #upstream: Upstream
  readonly #url: string
  readonly #model: string
  readonly #prompts: Prompts
  readonly #extract: Extract

  constructor(settings: Params, prompts: Prompts, extract: Extract) {
    const key = settings.SERVERY_SUMMARIZATION_UPSTREAM_KEY
    this.#url = completionsUrl(settings.SERVERY_SUMMARIZATION_UPSTREAM)
    this.#model = settings.SERVERY_SUMMARIZATION_UPSTREAM_MODEL
    this.#prompts = prompts
    this.#extract = extract
    this.#upstream = new Upstream({
      name: NAME,
      timeoutMs: settings.SERVERY_SUMMARIZATION_UPSTREAM_TIMEOUT_MS,
      concurrency: settings.SERVERY_SUMMARIZATION_UPSTREAM_CONCURRENCY,
      headers: key === '' ? {} : { authorization: `Bearer ${key}` },
    })
  }

  /** A text without words has an empty summary, without a call of the language model. */
  async summarise(content: string, configuration: Configuration, signal: AbortSignal): Promise<ItemResult<Output>> {
    if (!/[\p{L}\p{N}]/u.test(content)) return { output: { summary: '', method: 'abstractive' } }
    try {
      return { output: { summary: await this.#write(content, configuration, signal), method: 'abstractive' } }
    } catch (error) {
      const { lang, target_lang, desired_length, fallback } = configuration
      const mayFallBack = fallback === 'extractive' && (target_lang ?? lang) === lang
      if (!mayFallBack || !isServeryError(error)) throw error
      const summary = await this.#extract(content, lang as Language, desired_length)
      return { output: { summary, method: 'extractive', fallback_reason: error.message } }
    }
  }

  close(): Promise<void> {
    return this.#upstream.close()
  }

  async #write(content: string, configuration: Configuration, signal: AbortSignal): Promise<string> {
    const { lang, target_lang, desired_length, model, fallback: _, ...generation } = configuration
    const language = (target_lang ?? lang) as Language
    const messages = messagesFor(content.replace(/[\r\n]+/g, ' '), language, desired_length, this.#prompts)
    const body = { model: model ?? this.#model, messages, ...generation }
    const completion = await this.#upstream.post(this.#url, body, signal)
    try {
      return summaryIn(completion, language, desired_length)
    } catch (error) {
      if (error instanceof NoSummary) throw new ServeryError('UPSTREAM_FAILED', `${NAME} ${error.message}.`)
      throw error
    }
  }
}

/** @param address with or without `/chat/completions` */
function completionsUrl(address: string): string {
  const base = address.replace(/\/+$/, '')
  return base.endsWith('/chat/completions') ? base : `${base}/chat/completions`
}
