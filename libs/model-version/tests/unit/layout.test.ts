import path from 'node:path'
import fc from 'fast-check'
import { artifactsDirectory, isInVersion, recordingsFile, requestsFile, resultsDirectory } from '../../src/layout.ts'

it('every part of a version has its place', () => {
  expect(artifactsDirectory('/models/TOY-1')).toBe('/models/TOY-1/model_artifacts')
  expect(requestsFile('/models/TOY-1')).toBe('/models/TOY-1/test_files/requests.json')
  expect(recordingsFile('/models/TOY-1')).toBe('/models/TOY-1/test_files/predictions.json')
  expect(resultsDirectory('/models/TOY-1', 'v2')).toBe('/models/TOY-1/v2/test_results')
})

describe('isInVersion', () => {
  it.each([
    'model_card.json',
    'model_artifacts/model.onnx',
    'model_artifacts/a/b c/ä',
    'test_files/..json',
    'test_files/...',
  ])('takes %j', (file) => {
    expect(isInVersion(file)).toBe(true)
  })

  it.each([
    ['another file beside the card', 'manifest.json'],
    ['results', 'v1/test_results/report.json'],
    ['a name that only begins so', 'model_artifacts2/model.onnx'],
    ['an absolute path', '/model_artifacts/model.onnx'],
    ['a way up', '../model_card.json'],
    ['a way up from inside', 'model_artifacts/../../model_card.json'],
    ['a way up at the end', 'model_artifacts/..'],
    ['a way that stays', 'model_artifacts/./model.onnx'],
    ['an empty part', 'model_artifacts//model.onnx'],
    ['a folder', 'model_artifacts/'],
    ['a backslash', 'model_artifacts\\..\\..\\model.onnx'],
    ['a backslash inside', 'test_files/a\\b'],
    ['NUL', 'model_card.json\0'],
    ['NUL inside', 'test_files/a\0b'],
    ['nothing', ''],
  ])('refuses %s', (_, file) => {
    expect(isInVersion(file)).toBe(false)
  })

  it('takes no path that leaves the folder, on this system or on Windows', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      '/',
      '\\',
      'C:',
      'model_card.json',
      'model_artifacts',
      'test_files',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const file = parts.join('/')
        if (!isInVersion(file)) return
        expect(path.posix.resolve('/root', file)).toBe(`/root/${file}`)
        expect(path.win32.relative('C:\\root', path.win32.resolve('C:\\root', file))).not.toMatch(/^(\.\.|[A-Z]:|\\)/)
      }),
      { numRuns: 2_000 },
    )
  })
})
