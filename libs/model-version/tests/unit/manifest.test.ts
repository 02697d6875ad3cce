import path from 'node:path'
import fc from 'fast-check'
import { type Manifest, manifestDigest, parseManifest } from '../../src/manifest.ts'

const sha256 = '0'.repeat(64)
const entry = (file: string) => ({ path: file, size: 1, sha256 })
const manifestOf = (...files: string[]) => JSON.stringify({ files: files.map(entry) })

describe('parseManifest', () => {
  it('takes the paths of a version', () => {
    const files = ['model_card.json', 'model_artifacts/a/b.onnx', 'test_files/..json', 'test_files/ä ö.json']
    expect(parseManifest(manifestOf(...files), 'TOY-1').files.map((file) => file.path)).toEqual(files)
  })

  it.each([
    '../outside',
    '/etc/passwd',
    'model_artifacts/../../b',
    'model_artifacts/..',
    'model_artifacts\\b',
    'model_artifacts/..\\..\\b',
    './model_card.json',
    'model_artifacts/./b',
    'model_artifacts//b',
    'model_artifacts/',
    'model_artifacts/a\0b',
    'manifest.json',
    'dev/test_results/report.json',
    '.',
    '..',
    '',
  ])('refuses the path %j', (file) => {
    expect(() => parseManifest(manifestOf('model_card.json', file), 'TOY-1')).toThrow(
      `The manifest of TOY-1 names ${JSON.stringify(file)}, which is not a path inside a version; nothing was copied.`,
    )
  })

  it('lets no path through that resolves outside the folder', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', 'model_artifacts', 'test_files')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const file = parts.join('/')
        try {
          parseManifest(manifestOf(file), 'TOY-1')
        } catch {
          return
        }
        expect(path.resolve('/root', file)).toBe(`/root/${file}`)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['no JSON', '{', 'is not valid JSON'],
    ['nothing', '', 'is not valid JSON'],
    ['a list', '[]', 'is not a list of files'],
    ['no file', '{"files": []}', 'is not a list of files'],
    [
      'a short hash',
      JSON.stringify({ files: [{ ...entry('model_card.json'), sha256: 'ab' }] }),
      'is not a list of files',
    ],
    [
      'a negative size',
      JSON.stringify({ files: [{ ...entry('model_card.json'), size: -1 }] }),
      'is not a list of files',
    ],
    ['a path twice', manifestOf('model_card.json', 'model_card.json'), 'names "model_card.json" twice'],
  ])('refuses %s', (_, text, sentence) => {
    expect(() => parseManifest(text, 'TOY-1')).toThrow(`The manifest of TOY-1 ${sentence}`)
  })
})

describe('manifestDigest', () => {
  const manifest = (...files: Manifest['files']) => manifestDigest({ files })
  const [a, b] = [entry('test_files/a'), entry('test_files/b')]

  it('is the same in any order and another for another path, size or hash', () => {
    const changed = [entry('test_files/c'), { ...b, size: 2 }, { ...b, sha256: '1'.repeat(64) }]
    expect(manifest(a, b)).toBe(manifest(b, a))
    expect(new Set([manifest(a), manifest(a, b), ...changed.map((other) => manifest(a, other))]).size).toBe(5)
  })
})
