/** Lists of names: which words of a sentence stand in them, and files that are refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Gazetteer, readGazetteer } from '../../src/entities/gazetteer.ts'

const NAMES = 'city\t1 2\ncity\t1\ncity\t2 3\nfirst_name\t2\ncity\t5 6\n'
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'servery-gazetteer-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** @param text none for a file that is not there */
async function read(text?: string): Promise<Gazetteer> {
  const file = path.join(directory, text === undefined ? 'none' : 'gazetteer.tsv')
  if (text !== undefined) await writeFile(file, text)
  return readGazetteer(file, ['city', 'first_name'])
}

it.each([
  ['marks every word of the longest name', ['9', '1', '2', '9'], [0, 1, 3, 0]],
  ['takes a shorter name where the longer one is not', ['1', '9'], [1, 0]],
  ['lets names of one list not overlap, those of two may', ['1', '2', '3'], [1, 3, 0]],
  ['marks a word for each of its lists', ['2', '3'], [3, 1]],
  ['takes the tokens of one word together', ['5 6'], [1]],
  ['leaves a word with more tokens than the name', ['5 6 7'], [0]],
  ['leaves a name that begins inside a word', ['4 5', '6'], [0, 0]],
  ['leaves a name that ends inside a word', ['1 2 3', '2'], [0, 2]],
  ['marks nothing in nothing', [], []],
])('%s', async (_, words, bits) => {
  const tokens = words.map((ids) => ({ ids: ids.split(' ').map(Number) }))
  expect((await read(NAMES)).bits(tokens)).toEqual(bits)
})

it.each([
  ['another list', 'city\t1\nriver\t2\n', 'Line 2'],
  ['no ids', 'city\n', 'Line 1'],
  ['a word for an id', 'city\tParis\n', 'Line 1'],
  ['no text', '', 'Line 1'],
  ['no file', undefined, 'gazetteer.tsv'],
])('refuses %s and names the place', async (_, text, place) => {
  const message = expect.stringContaining(place)
  await expect(read(text)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED', message })
})
