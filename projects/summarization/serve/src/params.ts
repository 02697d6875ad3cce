/** The project's own settings: the language model that writes summaries, if one is set. */
import { type Static, Type } from 'typebox'

export const params = Type.Object({
  SERVERY_SUMMARIZATION_UPSTREAM: Type.String({
    default: '',
    description:
      'Address of an OpenAI-compatible chat endpoint, with or without /chat/completions, for example http://127.0.0.1:11434/v1. Empty: summaries are extractive.',
    pattern: '^(https?://.*)?$',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_KEY: Type.String({
    default: '',
    description: 'Key for that endpoint, sent as a bearer token. Only from the environment.',
    secret: true,
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_MODEL: Type.String({
    default: 'gpt-3.5-turbo',
    description: 'Model to ask for where the request names none.',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_TIMEOUT_MS: Type.Integer({
    default: 20_000,
    minimum: 10,
    maximum: 3_600_000,
    description:
      'Longest silence of that endpoint, in milliseconds; below SERVERY_REQUEST_TIMEOUT_MS, so that a fallback has time.',
  }),
  SERVERY_SUMMARIZATION_UPSTREAM_CONCURRENCY: Type.Integer({
    default: 16,
    minimum: 1,
    maximum: 1_000,
    description: 'Most calls of that endpoint at once.',
  }),
})

export type Params = Static<typeof params>
