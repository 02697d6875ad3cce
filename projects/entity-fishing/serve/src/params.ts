/** The project's own settings: the services behind it, if any. */
import { type Static, Type } from 'typebox'

const address = (description: string) => Type.String({ default: '', pattern: '^(https?://.*)?$', description })

export const params = Type.Object({
  SERVERY_ENTITY_FISHING_UPSTREAM: address(
    'Address of an entity-fishing service, for example http://127.0.0.1:8090; /service/disambiguate is asked. Empty: the local knowledge base.',
  ),
  SERVERY_ENTITY_FISHING_UPSTREAM_KEY: Type.String({
    default: '',
    secret: true,
    description: 'Sent to that service as x-api-key. Only from the environment.',
  }),
  SERVERY_ENTITY_FISHING_NER: address(
    'Address of a server of ner, for example http://127.0.0.1:8001: finds entities where a request has none. Empty: names of the knowledge base are found.',
  ),
  SERVERY_ENTITY_FISHING_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 10,
    maximum: 3_600_000,
    description: 'Longest silence of a service, in milliseconds.',
  }),
  SERVERY_ENTITY_FISHING_CONCURRENCY: Type.Integer({
    default: 32,
    minimum: 1,
    maximum: 1_000,
    description: 'Most calls of a service at once.',
  }),
  SERVERY_ENTITY_FISHING_KNOWLEDGE: Type.String({
    default: '',
    description:
      'File of another knowledge base, one JSON object a line (projects/entity-fishing/README.md). Empty: the one that comes with it.',
  }),
})

export type Params = Static<typeof params>
