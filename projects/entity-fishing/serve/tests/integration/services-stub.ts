/** Stands in for an entity-fishing service and a ner server. */
import { type StubRequest, startStubService } from '@servery/testkit'

export const FISH = '/service/disambiguate'
export const NER = '/v1/model/ner/predict'
export const PROBES = ['/service/isalive', '/v1/ready'] as const

const place = { sentence_index: 0, start: 0, end: 6, document_start: 0, document_end: 6 }
/** What ner finds in every text. */
export const london = { entity_type: 'LOC', entity_text: 'London', score: 0.9, ...place }
const ids: Readonly<Record<string, string>> = { London: 'Q84', England: 'Q21' }

interface Query {
  readonly entities: readonly { readonly rawName: string }[]
}

export type ServicesStub = Awaited<ReturnType<typeof startServicesStub>>

export function startServicesStub() {
  const found = { body: { outputs: { predicted_content: [london] } } }
  return startStubService<Query>({ [FISH]: disambiguation, [NER]: found, [PROBES[0]]: {}, [PROBES[1]]: {} })
}

/** As the real service answers: the query, with the id of each entity that it knows. */
function disambiguation({ body }: StubRequest<Query>) {
  const entities = body.entities.map((one) => ({ ...one, confidence_score: 0.7, wikidataId: ids[one.rawName] }))
  return { body: { ...body, software: 'entity-fishing', runtime: 12, entities } }
}
