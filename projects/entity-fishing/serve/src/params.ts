/** Settings of the project: the services behind it, if any. */
import { type Static, Type } from '@servery/schema'

const address = (description: string) => Type.String({ default: '', pattern: '^(https?://.*)?$', description })

export const params = Type.Object({
  SERVERY_ENTITY_FISHING_UPSTREAM: address(
    'Address of an entity-fishing service, for example http://127.0.0.1:8090; entities are linked by its route /service/disambiguate. Empty: the local knowledge base links them.',
  ),
  SERVERY_ENTITY_FISHING_UPSTREAM_KEY: Type.String({
    default: '',
    secret: true,
    description: 'API key for that service, sent as x-api-key. Can only be set in the environment.',
  }),
  SERVERY_ENTITY_FISHING_NER: address(
    'Address of a ner server, for example http://127.0.0.1:8001; it finds entities if a request has none. Empty: names of the knowledge base are found instead.',
  ),
  SERVERY_ENTITY_FISHING_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 10,
    maximum: 3_600_000,
    description: 'Longest time without data from a service, in milliseconds.',
  }),
  SERVERY_ENTITY_FISHING_CONCURRENCY: Type.Integer({
    default: 32,
    minimum: 1,
    maximum: 1_000,
    description: 'Maximum number of concurrent calls per service.',
  }),
  SERVERY_ENTITY_FISHING_KNOWLEDGE: Type.String({
    default: '',
    description:
      'File of another knowledge base, one JSON object per line (projects/entity-fishing/README.md). Empty: the included one.',
  }),
})

export type Params = Static<typeof params>
