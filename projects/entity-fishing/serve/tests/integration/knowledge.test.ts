/** The knowledge base that ships is the one that train/knowledge.js wrote, and every entry says where its id was copied from. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '../../data', file), 'utf8')
const text = read('knowledge.jsonl')
const sources = JSON.parse(read('sources.json'))
const entries = text
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

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
  const isSound = ({ id, source, name, prior, type }: Record<string, never>): boolean =>
    /^Q[1-9]\d*$/.test(id ?? '') &&
    packages.includes(source) &&
    name !== '' &&
    ['LOC', 'ORG'].includes(type ?? '') &&
    (prior ?? 0) > 0 &&
    (prior ?? 0) <= 1
  expect(entries.filter((entry) => !isSound(entry))).toEqual([])
})
