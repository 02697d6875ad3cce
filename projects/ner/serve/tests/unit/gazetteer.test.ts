import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Gazetteer, readGazetteer } from '../../src/entities/gazetteer.ts'

const words = (...ids: number[][]) => ids.map((own) => ({ ids: own }))

describe('Gazetteer', () => {
  const gazetteer = new Gazetteer(
    ['city', 'first_name'],
    [
      ['city', [1, 2]],
      ['city', [1]],
      ['city', [2, 3]],
      ['first_name', [2]],
      ['city', [5, 6]],
    ],
  )

  it('marks every word of the longest name', () => {
    expect(gazetteer.bits(words([9], [1], [2], [9]))).toEqual([0, 1, 3, 0])
    expect(gazetteer.bits(words([1], [9]))).toEqual([1, 0])
  })

  it('lets names of one list not overlap, those of two lists may', () => {
    expect(gazetteer.bits(words([1], [2], [3]))).toEqual([1, 3, 0])
    expect(gazetteer.bits(words([2], [3]))).toEqual([3, 1])
  })

  it('finds whole words only', () => {
    expect(gazetteer.bits(words([5, 6]))).toEqual([1])
    expect(gazetteer.bits(words([5, 6, 7]))).toEqual([0])
    expect(gazetteer.bits(words([4, 5], [6]))).toEqual([0, 0])
    expect(gazetteer.bits(words([1, 2, 3], [2]))).toEqual([0, 2])
  })

  it('marks nothing in nothing', () => {
    expect(gazetteer.bits([])).toEqual([])
  })
})

describe('readGazetteer', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'servery-gazetteer-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  async function read(text: string): Promise<Gazetteer> {
    const file = path.join(directory, 'gazetteer.tsv')
    await writeFile(file, text)
    return readGazetteer(file, ['city'])
  }

  it('reads a name a line', async () => {
    expect((await read('city\t1 2\ncity\t3\n')).bits(words([1], [2], [3]))).toEqual([1, 1, 1])
  })

  it.each([
    ['another list', 'city\t1\nriver\t2\n', 'Line 2'],
    ['no ids', 'city\n', 'Line 1'],
    ['a word for an id', 'city\tParis\n', 'Line 1'],
    ['no text', '', 'Line 1'],
  ])('refuses %s and names the line', async (_, text, line) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(line),
    })
  })

  it('names what is missing when there is no file', async () => {
    await expect(readGazetteer(path.join(directory, 'none'), ['city'])).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('gazetteer.tsv'),
    })
  })
})
