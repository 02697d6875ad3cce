/** Names, registration and results of the file registry, on real folders. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createManifest, verifyDirectory } from '@servery/model-version'
import { registryAt, snapshot, ToyRegistry, write } from './toy-registry.ts'

let toy: ToyRegistry
beforeEach(async () => {
  toy = await ToyRegistry.create()
})
afterEach(() => toy.remove())

const register = (content: string, expectedNumber?: number) =>
  toy.registry.register(toy.versionFolder(content), 'TOY-COMPILED', { expectedNumber })
const versionFolders = () => readdirSync(path.join(toy.root, 'registry', 'TOY-COMPILED')).sort()

describe('resolve', () => {
  it('answers model, number and name', async () => {
    expect(await toy.registry.resolve('TOY-COMPILED-1')).toEqual({
      modelId: 'TOY-COMPILED',
      number: 1,
      name: 'TOY-COMPILED-1',
    })
  })

  it.each([
    ['TOY-COMPILED-7', 'The registry has no version TOY-COMPILED-7; it has TOY-COMPILED-1, TOY-COMPILED-2.'],
    ['OTHER-1', 'The registry has no version OTHER-1; it has no model OTHER.'],
    [
      'TOY-COMPILED',
      "'TOY-COMPILED' is not a model version; it is written <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1.",
    ],
    ['TOY-COMPILED-01', "'TOY-COMPILED-01' is not a model version"],
    ['../escape-1', "'../escape-1' is not a model version"],
  ])('refuses %s', async (reference, sentence) => {
    await register('second')
    const refused = await toy.registry.resolve(reference).catch((error) => error)
    expect(refused).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(sentence) })
  })
})

describe('card', () => {
  it('is the card, or a sentence when it is broken', async () => {
    const version = await toy.registry.resolve('TOY-COMPILED-1')
    expect(await toy.registry.card(version)).toEqual({ name: 'first' })
    writeFileSync(toy.stored('model_card.json'), '{')
    await expect(toy.registry.card(version)).rejects.toThrow('The card of TOY-COMPILED-1 is missing or not valid JSON.')
  })
})

describe('register', () => {
  it('writes a manifest of the tree, sorted, and copies nothing else', async () => {
    write(path.join(toy.versionFolder('second'), 'dev', 'test_results', 'report.json'), '{}')
    await register('second')
    const folder = path.join(toy.root, 'registry', 'TOY-COMPILED', '2')
    const manifest = await verifyDirectory(folder)
    expect(manifest.files.map((file) => file.path)).toEqual([
      'model_artifacts/deep/more.bin',
      'model_artifacts/model.onnx',
      'model_card.json',
      'test_files/predictions.json',
    ])
    expect(manifest).toEqual(await createManifest(folder))
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'model_artifacts', 'model_card.json', 'test_files'])
  })

  it('numbers versions one after the other, 10 after 9, and answers equal content with the number it has', async () => {
    for (let number = 2; number <= 11; number++) expect((await register(`content ${number}`)).number).toBe(number)
    expect((await register('content 2')).name).toBe('TOY-COMPILED-2')
    expect(await toy.registry.versions('TOY-COMPILED')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it.each([
    ['other', 9, 'The next version is TOY-COMPILED-2, not TOY-COMPILED-9; nothing was written.'],
    ['first', 2, 'This content is registered as TOY-COMPILED-1, not TOY-COMPILED-2; nothing was written.'],
  ])('refuses %s content under number %i before anything is written', async (content, number, sentence) => {
    const before = snapshot(path.join(toy.root, 'registry'))
    const refused = await register(content, number).catch((error) => error)
    expect(refused).toMatchObject({ code: 'CONFIG_INVALID', message: sentence })
    expect(snapshot(path.join(toy.root, 'registry'))).toEqual(before)
  })

  it('takes the number that was expected', async () => {
    expect((await register('first', 1)).number).toBe(1)
    expect((await register('second', 2)).number).toBe(2)
  })

  it.each<[string, (folder: string) => void, RegExp]>([
    ['no card', (folder) => rmSync(path.join(folder, 'model_card.json')), /has no model_card\.json, so it is not/],
    [
      'a broken card',
      (folder) => writeFileSync(path.join(folder, 'model_card.json'), '{'),
      /^The card of .* not valid JSON/,
    ],
    [
      'a link',
      (folder) => symlinkSync('/etc/hostname', path.join(folder, 'test_files', 'link')),
      /link or another special/,
    ],
    ['nothing', (folder) => rmSync(folder, { recursive: true }), /has no model_card\.json/],
  ])('refuses a folder with %s', async (_, damage, sentence) => {
    const folder = toy.versionFolder('second')
    damage(folder)
    await expect(toy.registry.register(folder, 'TOY-COMPILED')).rejects.toThrow(sentence)
    expect(versionFolders()).toEqual(['1'])
  })

  it.each(['../OTHER', '', 'a/b', '.results'])('refuses the model %j', async (modelId) => {
    await expect(toy.registry.register(toy.versionFolder('second'), modelId)).rejects.toThrow(
      `'${modelId}' is not a model`,
    )
    expect(readdirSync(path.join(toy.root, 'registry'))).toEqual(['TOY-COMPILED'])
  })

  it('is not kept from a new version by an old one whose manifest is lost', async () => {
    rmSync(toy.stored('manifest.json'))
    expect((await register('second')).number).toBe(2)
  })

  it('leaves nothing that looks like a version when the disk is full', () => {
    const folder = JSON.stringify(toy.versionFolder('second'))
    const script = toy.script(`await registry.register(${folder}, 'TOY-COMPILED')`)
    const limited = spawnSync('bash', ['-c', 'ulimit -f 100; exec "$0" "$@"', process.execPath, ...script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
    expect([limited.status, limited.stderr]).toEqual([
      3,
      expect.stringContaining('is full; free some space and try again.'),
    ])
    expect(versionFolders()).toEqual(['1'])
  })

  it('gives processes that register at once a number each, and equal content one', async () => {
    const contents = ['second', 'third', 'fourth', 'fourth']
    const ended = contents.map((content) => {
      const folder = JSON.stringify(toy.versionFolder(content))
      const args = toy.script(`console.log((await registry.register(${folder}, 'TOY-COMPILED')).number)`)
      const child = spawn(process.execPath, args, { cwd: import.meta.dirname })
      let output = ''
      child.stdout.on('data', (chunk) => {
        output += chunk
      })
      return new Promise<number>((resolve) => child.once('close', () => resolve(Number(output))))
    })
    const numbers = await Promise.all(ended)
    expect(numbers[2]).toBe(numbers[3])
    expect(numbers.slice(0, 3).sort()).toEqual([2, 3, 4])
    expect(versionFolders()).toEqual(['1', '2', '3', '4'])
    for (const [index, content] of contents.entries())
      expect(await toy.registry.card(await toy.registry.resolve(`TOY-COMPILED-${numbers[index]}`))).toEqual({
        name: content,
      })
  })
})

describe('attachResults', () => {
  const filed = (file = '') => path.join(toy.root, 'registry', '.results', 'TOY-COMPILED', '1', 'test_results', file)
  const attach = async (imageTag: string, directory = path.join(toy.root, 'results')) =>
    toy.registry.attachResults(await toy.registry.resolve('TOY-COMPILED-1'), imageTag, directory)

  it('files results under the image tag and replaces them when filed again', async () => {
    write(path.join(toy.root, 'results', 'old.json'), '{}')
    await attach('v1')
    await attach('v2')
    rmSync(path.join(toy.root, 'results', 'old.json'))
    write(path.join(toy.root, 'results', 'plots', 'load_test_report.json'), '{}')
    await attach('v1')
    expect(readdirSync(filed())).toEqual(['v1', 'v2'])
    expect(Object.keys(snapshot(filed()))).toEqual(['v1/plots/load_test_report.json', 'v2/old.json'])
  })

  it('leaves the version itself as it was', async () => {
    const before = snapshot(toy.stored())
    write(path.join(toy.root, 'results', 'report.json'), '{}')
    await attach('v1')
    expect(snapshot(toy.stored())).toEqual(before)
  })

  it.each(['../../escape', '..', '.hidden', 'a/b', ''])('refuses the image tag %j', async (imageTag) => {
    write(path.join(toy.root, 'results', 'report.json'), '{}')
    await expect(attach(imageTag)).rejects.toThrow(`IMAGE_TAG='${imageTag}' is not an image tag`)
    expect(existsSync(path.join(toy.root, 'registry', '.results'))).toBe(false)
  })

  it('keeps the results there are when new ones cannot be read', async () => {
    write(path.join(toy.root, 'results', 'report.json'), '{}')
    await attach('v1')
    await expect(attach('v1', path.join(toy.root, 'nowhere'))).rejects.toThrow('nowhere')
    expect(readdirSync(filed())).toEqual(['v1'])
    expect(readdirSync(filed('v1'))).toEqual(['report.json'])
  })
})

describe('openRegistry', () => {
  it.each(['http://user:secret@ho st/', 's3://bucket', 'registry'])('refuses %s and does not repeat it', (uri) => {
    expect(() => registryAt(uri, toy.root)).toThrow('is not supported: use file:<folder>')
    expect(() => registryAt(uri, toy.root)).not.toThrow(/secret|bucket/)
  })

  it.each(['file:./registry', 'file:registry'])('finds %s from the repository root', async (uri) => {
    expect(await registryAt(uri, toy.root).versions('TOY-COMPILED')).toEqual([1])
  })

  it('takes absolute folders', async () => {
    const folder = path.join(toy.root, 'registry')
    expect(await registryAt(`file://${folder}`, '/').versions('TOY-COMPILED')).toEqual([1])
    expect(await registryAt(`file:${folder}`, '/').versions('TOY-COMPILED')).toEqual([1])
  })
})
