/** Settings of the project: the language model that writes summaries, if any. */
import { type Static, Type } from '@servery/schema'

export const params = Type.Object({
  SERVERY_SUMMARIZATION_UPSTREAM: Type.String({
    default: '',
    description:
      'Address of an OpenAI-compatible chat endpoint, with or without /chat/completions, for example http://127.0.0.1:11434/v1. Empty: summaries are extractive.',
    pattern: '^(https?://.*)?$',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_KEY: Type.String({
    default: '',
    description: 'API key for that endpoint, sent as a bearer token. Can only be set in the environment.',
    secret: true,
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_MODEL: Type.String({
    default: 'gpt-3.5-turbo',
    description: 'Name of the language model, unless the request names one.',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_TIMEOUT_MS: Type.Integer({
    default: 20_000,
    minimum: 10,
    maximum: 3_600_000,
    description:
      'Longest time without data from that endpoint, in milliseconds; must be below SERVERY_REQUEST_TIMEOUT_MS to leave time for a fallback.',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_CONCURRENCY: Type.Integer({
    default: 16,
    minimum: 1,
    maximum: 1_000,
    description: 'Maximum number of concurrent calls of that endpoint.',
  }),
})

export type Params = Static<typeof params>
