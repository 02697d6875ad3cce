/**
 * Compares tokeniser libraries for Node with one tokenizer.json: correctness of ids and offsets, and the time for a document and
 * its phrases. Libraries that are not installed are skipped. README.md in this folder says how to run it.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

const directory = process.argv[2] ?? 'projects/keywords/serve/models/KEYWORDS-COMPILED-1'
const file = path.join(directory, 'model_artifacts', 'tokenizer.json')
const readJson = (name) => JSON.parse(readFileSync(path.join(directory, name), 'utf8'))
const parity = readJson('test_files/parity.json')
const { max_tokens: maxTokens } = readJson('model_card.json')

/** Each opens `file`: `encode` answers ids and offsets in code points, the other two ids only. */
const LIBRARIES = {
  tokenizers: rustBinding,
  '@anush008/tokenizers': rustBinding,
  '@huggingface/tokenizers': javascriptPort,
}

function rustBinding({ Tokenizer }) {
  const tokenizer = Tokenizer.fromFile(file)
  const read = (encoding) => ({ ids: encoding.getIds(), offsets: encoding.getOffsets?.() })
  const ids = (encoding) => encoding.getIds()
  return {
    encode: async (text) => read(await tokenizer.encode(text)),
    ids: async (text) => ids(await tokenizer.encode(text)),
    idsOfBatch: async (texts) => (await tokenizer.encodeBatch(texts)).map(ids),
  }
}

function javascriptPort({ Tokenizer }) {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(file, 'utf8')), {})
  const ids = (text) => tokenizer.encode(text).ids
  return {
    encode: (text) => ({ ids: ids(text), offsets: undefined }),
    ids,
    idsOfBatch: (texts) => texts.map(ids),
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = seeded(7)
const pick = (list) => list[Math.floor(random() * list.length)]
const several = (list, most) => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list))

const WORDS = 'model serving latency throughput keyword extraction neural network language sentence embedding'.split(
  ' ',
)
const PHRASES = Array.from({ length: 60 }, () => several(WORDS, 3).join(' '))
const DOCUMENT = Array.from({ length: 200 }, () => pick(WORDS)).join(' ')
const LETTERS = [
  ...'abcdefgABCÉÈüÜß.,;:!?"-İıΣσς漢字中ひらカタ한국어   ',
  '\u0301',
  '\u200d',
  '\u00ad',
  '\u00a0',
  '\t',
  '\ufffd',
]
const HOSTILE = Array.from({ length: 2000 }, () => several([...LETTERS, '😀', '👩‍👩‍👧', '𠀀'], 60).join(''))

function utf16(text, spans) {
  const units = [0]
  for (const character of text) units.push(units.at(-1) + character.length)
  return spans.map((span) => span.map((at) => units[at]))
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)
/** The reference reads `max_tokens` tokens, the libraries here the whole text: cut as it does. */
const cut = (row) => (row.length > maxTokens ? [...row.slice(0, maxTokens - 1), row.at(-1)] : row)

async function correctness(library, reference) {
  const wrong = { ids: 0, offsets: 0, hostile: 0 }
  let hasOffsets = true
  for (const { text, ids, offsets } of parity.cases) {
    const found = await library.encode(text)
    hasOffsets &&= found.offsets !== undefined
    if (!same(cut(found.ids), ids)) wrong.ids++
    if (found.offsets !== undefined && !same(cut(utf16(text, found.offsets)), offsets)) wrong.offsets++
  }
  for (const text of HOSTILE) if (!same(await library.ids(text), await reference.ids(text))) wrong.hostile++
  return {
    'wrong ids': `${wrong.ids} of ${parity.cases.length}`,
    'wrong offsets': hasOffsets ? `${wrong.offsets} of ${parity.cases.length}` : 'has none',
    'other ids than tokenizers': `${wrong.hostile} of ${HOSTILE.length}`,
  }
}

/** Median of 200 runs after 30, in milliseconds. */
async function milliseconds(run) {
  const times = []
  for (let i = 0; i < 230; i++) {
    const start = performance.now()
    await run()
    if (i >= 30) times.push(performance.now() - start)
  }
  return Number(times.sort((a, b) => a - b)[100].toFixed(3))
}

async function speed(library) {
  return {
    '60 phrases one by one (ms)': await milliseconds(async () => {
      for (const phrase of PHRASES) await library.ids(phrase)
    }),
    '60 phrases at once (ms)': await milliseconds(() => library.idsOfBatch(PHRASES)),
    '200 words (ms)': await milliseconds(() => library.ids(DOCUMENT)),
    '200 words with offsets (ms)': await milliseconds(() => library.encode(DOCUMENT)),
  }
}

const reference = rustBinding(await import('tokenizers'))
const table = {}
for (const [name, open] of Object.entries(LIBRARIES)) {
  let imported
  try {
    imported = await import(name)
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.log(`${name} is not installed and is skipped.`)
    continue
  }
  const start = performance.now()
  const library = open(imported)
  const opening = Number((performance.now() - start).toFixed(1))
  table[name] = { 'open (ms)': opening, ...(await correctness(library, reference)), ...(await speed(library)) }
}
for (const [name, row] of Object.entries(table)) {
  console.log(`\n${name}`)
  for (const [what, value] of Object.entries(row)) console.log(`  ${what.padEnd(30)} ${value}`)
}
