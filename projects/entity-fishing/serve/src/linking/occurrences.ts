/** Finds the positions of entity names in a text, for the query to the service. */

export interface Place {
  readonly rawName: string
  /** UTF-16 units, end exclusive. */
  readonly offsetStart: number
  readonly offsetEnd: number
}

/** Maximum number of places in a query: an entity of one letter occurs everywhere. */
const MOST_PLACES = 2_000
const WORD = /[\p{L}\p{N}]/u

/**
 * All places of all names, which are searched as plain text; in the order of the text. Matches inside a longer name (York in
 * New York) or inside a word (US in USA) do not count.
 */
export function placesOf(content: string, names: readonly string[]): Place[] {
  const taken = new Uint8Array(content.length)
  const found: Place[] = []
  const longestFirst = [...new Set(names)].filter((name) => name !== '').sort((a, b) => b.length - a.length)
  for (const rawName of longestFirst) {
    for (let at = content.indexOf(rawName); at !== -1; at = content.indexOf(rawName, at + rawName.length)) {
      const end = at + rawName.length
      if (found.length === MOST_PLACES) break
      if (taken[at] || taken[end - 1] || isInsideWord(content, at, end)) continue
      taken.fill(1, at, end)
      found.push({ rawName, offsetStart: at, offsetEnd: end })
    }
  }
  return found.sort((a, b) => a.offsetStart - b.offsetStart)
}

/** Scripts without spaces, where word boundaries cannot be checked. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

function isInsideWord(content: string, start: number, end: number): boolean {
  const [before, first] = [content[start - 1] ?? '', content[start] as string]
  const [last, after] = [content[end - 1] as string, content[end] ?? '']
  const joins = (a: string, b: string) => WORD.test(a) && WORD.test(b) && !UNSPACED.test(a) && !UNSPACED.test(b)
  return joins(before, first) || joins(last, after)
}
