/** Reads Wikidata ids from the answer of an entity-fishing service. */

/** One entity of the answer; other fields are ignored. */
export interface Linked {
  readonly rawName: string
  readonly wikidataId: string
}

const ID = /^Q[1-9]\d*$/

/** @throws TypeError if the answer is malformed */
export function linkedIn(answer: unknown): Linked[] {
  const { entities } = (answer ?? {}) as { entities?: unknown }
  if (!Array.isArray(entities)) throw new TypeError('no entities')
  return entities.filter(
    (one): one is Linked =>
      typeof one?.rawName === 'string' && typeof one.wikidataId === 'string' && ID.test(one.wikidataId),
  )
}

/**
 * The most frequent id of the entities with this name, the first on a tie. Only if none has exactly this name, those whose name contains
 * it or is contained in it as whole words count.
 */
export function idOf(name: string, linked: readonly Linked[]): string | undefined {
  const exact = linked.filter(({ rawName }) => rawName === name)
  const ids = (exact.length > 0 ? exact : linked.filter(({ rawName }) => overlaps(rawName, name))).map(
    ({ wikidataId }) => wikidataId,
  )
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  return ids.find((id) => counts.get(id) === most)
}

function overlaps(a: string, b: string): boolean {
  return ` ${a} `.includes(` ${b} `) || ` ${b} `.includes(` ${a} `)
}
