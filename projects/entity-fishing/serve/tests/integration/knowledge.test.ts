/** The knowledge base that ships is the one that train/knowledge.js wrote, and every entry says where its id was copied from. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '../../data', file), 'utf8')
const text = read('knowledge.jsonl')
const sources = JSON.parse(read('sources.json'))
const lines = text.trim().split('\n')
const entries = lines.map((line) => JSON.parse(line))

it('is what its record says', () => {
  expect(createHash('sha256').update(text).digest('hex')).toBe(sources.sha256)
  expect(entries).toHaveLength(sources.entries)
})

it('has every id once, with a source of known version and licence', () => {
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  const packages = sources.sources.map((one: { package: string; version: string; license: string }) => {
    expect([one.version, one.license]).toEqual([expect.stringMatching(/^\d/), expect.stringMatching(/^(ISC|BSD)/)])
    return one.package.replace('@rapideditor/', '')
  })
  const sound = new RegExp(`^Q[1-9]\\d* (${packages.join('|')}) (LOC|ORG)$`)
  expect(entries.filter(({ id, source, type }) => !sound.test(`${id} ${source} ${type}`))).toEqual([])
  expect(entries.filter(({ name, prior }) => name === '' || !(prior > 0 && prior <= 1))).toEqual([])
})
