/** Lists of names, matched by token ids, so that spelling is compared as the model sees it. */
import { readFile } from 'node:fs/promises'
import { ServeryError } from '@servery/core'

interface Node {
  readonly next: Map<number, Node>
  /** Bit i: a name of list i ends here. */
  lists: number
}

export class Gazetteer {
  readonly #root: Node = { next: new Map(), lists: 0 }
  readonly #lists: readonly string[]

  /** @param names `[list, token ids]` */
  constructor(lists: readonly string[], names: Iterable<readonly [list: string, ids: readonly number[]]>) {
    this.#lists = lists
    for (const [list, ids] of names) this.#add(lists.indexOf(list), ids)
  }

  #add(list: number, ids: readonly number[]): void {
    let node = this.#root
    for (const id of ids) {
      let child = node.next.get(id)
      if (child === undefined) {
        child = { next: new Map(), lists: 0 }
        node.next.set(id, child)
      }
      node = child
    }
    node.lists |= 1 << list
  }

  /**
   * `[w]`, with bit i set if the word is part of a name of list i. The longest name at each position wins; names of one list do
   * not overlap.
   */
  bits(words: readonly { readonly ids: readonly number[] }[]): number[] {
    const found = words.map(() => 0)
    const free = this.#lists.map(() => 0)
    for (let start = 0; start < words.length; start++) {
      const ends = this.#longestNames(words, start)
      ends.forEach((end, list) => {
        if (start < free[list]! || end === start) return
        for (let covered = start; covered < end; covered++) found[covered]! |= 1 << list
        free[list] = end
      })
    }
    return found
  }

  /** By list, the end of its longest name that begins at word `start`; `start` if there is none. */
  #longestNames(words: readonly { readonly ids: readonly number[] }[], start: number): number[] {
    const ends = this.#lists.map(() => start)
    let node: Node | undefined = this.#root
    for (let word = start; word < words.length; word++) {
      for (const id of words[word]!.ids) node = node?.next.get(id)
      if (node === undefined) break
      for (let list = 0; list < ends.length; list++) if (node.lists & (1 << list)) ends[list] = word + 1
    }
    return ends
  }
}

/**
 * Reads a file with one name per line: `list<TAB>id id …`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if the file cannot be read or a line is malformed
 */
export async function readGazetteer(file: string, lists: readonly string[]): Promise<Gazetteer> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).trimEnd().split('\n')
  const fields = lines.map((line) => line.split('\t') as [string, string?])
  const wrong = fields.findIndex(([list, ids = '']) => !lists.includes(list) || !/^\d+(?: \d+)*$/.test(ids))
  if (wrong < 0)
    return new Gazetteer(
      lists,
      fields.map(([list, ids = '']) => [list, ids.split(' ').map(Number)]),
    )
  throw new ServeryError(
    'MODEL_LOAD_FAILED',
    `Line ${wrong + 1} of gazetteer.tsv of the model version is not one of ${lists.join(', ')}, a tab and token ids.`,
  )
}
