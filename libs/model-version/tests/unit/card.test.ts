import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseCard, readCard, readCardSync } from '../../src/card.ts'

const full = {
  name: 'TOY-COMPILED',
  description: 'Greets people.',
  languages: ['en', 'zh-Hant'],
  max_tokens: 256,
  quantisation: { weights: 'int8' },
  scores: { f1: 0.9 },
}
const parse = (card: unknown) => parseCard(JSON.stringify(card), 'TOY-COMPILED-1')
const refusal = (reason: string) =>
  expect.objectContaining({ code: 'MODEL_LOAD_FAILED', message: `The card of TOY-COMPILED-1 ${reason}.` })

describe('parseCard', () => {
  it('takes every field that is read, and requires none', () => {
    expect(parse(full)).toEqual(full)
    expect(parse({})).toEqual({})
  })

  it('keeps all other fields as they stand', () => {
    const card = {
      ...full,
      quantisation: { weights: 'int8', ranges: [1, null] },
      owner: { team: 'nlp', since: [2024, null] },
      note: null,
    }
    expect(parse(card)).toEqual(card)
  })

  it.each([null, 0.9, 'good', [], { tweets: { f1: 0.9 } }])('takes the scores %j', (scores) => {
    expect(parse({ scores })).toEqual({ scores })
  })

  it.each([
    ['a name that is a number', { name: 5 }, '/name must be string'],
    ['a description that is null', { description: null }, '/description must be string'],
    ['languages as text', { languages: 'en' }, '/languages must be array'],
    ['languages that are null', { languages: null }, '/languages must be array'],
    ['a language that is no text', { languages: ['en', 5] }, '/languages/1 must be string'],
    ['no token', { max_tokens: 0 }, '/max_tokens must be >= 1'],
    ['half a token', { max_tokens: 1.5 }, '/max_tokens must be integer'],
    ['tokens as text', { max_tokens: '256' }, '/max_tokens must be integer'],
    ['quantisation as a flag', { quantisation: true }, '/quantisation must be object'],
    ['quantisation as a list', { quantisation: [] }, '/quantisation must be object'],
  ])('refuses %s and names the field', (_, card, reason) => {
    expect(() => parse(card)).toThrow(refusal(`cannot be used: ${reason}`))
  })

  it.each([null, [], 5, 'text', true])('refuses %j, which is no object', (card) => {
    expect(() => parse(card)).toThrow(refusal('cannot be used: it must be object'))
  })

  it.each([undefined, '', '{'])('refuses %j', (json) => {
    expect(() => parseCard(json, 'TOY-COMPILED-1')).toThrow(refusal('is missing or not valid JSON'))
  })
})

describe('the card of a folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'servery-card-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is read at once or later', async () => {
    writeFileSync(path.join(folder, 'model_card.json'), JSON.stringify(full))
    expect(readCardSync(folder)).toEqual(full)
    expect(await readCard(folder)).toEqual(full)
  })

  it('is missed by the name of the version, or of the folder', async () => {
    expect(() => readCardSync(folder, 'TOY-COMPILED-1')).toThrow(refusal('is missing or not valid JSON'))
    await expect(readCard(folder, 'TOY-COMPILED-1')).rejects.toThrow(refusal('is missing or not valid JSON'))
    expect(() => readCardSync(folder)).toThrow(`The card of ${folder} is missing`)
    await expect(readCard(folder)).rejects.toThrow(`The card of ${folder} is missing`)
  })

  it('is no folder itself', async () => {
    mkdirSync(path.join(folder, 'model_card.json'))
    expect(() => readCardSync(folder)).toThrow('is missing')
    await expect(readCard(folder)).rejects.toThrow('is missing')
  })
})
