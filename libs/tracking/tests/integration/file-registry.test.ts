/** The file registry on real folders: every fault is one sentence, and what was there stays byte for byte. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type ModelRegistry, openRegistry } from '@servery/tracking'

let root: string
let registry: ModelRegistry
let target: string

beforeEach(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'servery-registry-'))
  registry = openRegistry('file:./registry', root)
  target = path.join(root, 'models', 'TOY-COMPILED-1')
  mkdirSync(path.join(root, 'models'))
  await registry.register(versionFolder('first'), 'TOY-COMPILED')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A version whose artifact is made of `content`. */
function versionFolder(content: string, repeats = 200_000): string {
  const folder = path.join(root, `made-${content}`)
  mkdirSync(path.join(folder, 'model_artifacts', 'deep'), { recursive: true })
  mkdirSync(path.join(folder, 'test_files'))
  writeFileSync(path.join(folder, 'model_card.json'), JSON.stringify({ name: content }))
  writeFileSync(path.join(folder, 'model_artifacts', 'model.onnx'), content.repeat(repeats))
  writeFileSync(path.join(folder, 'model_artifacts', 'deep', 'more.bin'), content)
  writeFileSync(path.join(folder, 'test_files', 'predictions.json'), '[]')
  return folder
}

/** Every file below a folder with its hash: equal before and after means untouched. */
function snapshot(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true }) as string[]
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile()).sort()
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex')
  return Object.fromEntries(files.map((name) => [name, hash(name)]))
}

/** A process that downloads `version` into `target`; with `limitKilobytes` it may write no larger file. */
function downloadScript(version: string): string[] {
  const script = `import { openRegistry } from '@servery/tracking'
    const registry = openRegistry('file:./registry', ${JSON.stringify(root)})
    await registry.download(await registry.resolve('${version}'), ${JSON.stringify(target)}).catch((error) => {
      console.error(error.message)
      process.exit(3)
    })`
  return ['--input-type=module', '-e', script]
}

const stored = (file: string) => path.join(root, 'registry', 'TOY-COMPILED', '1', file)
const download = async () => registry.download(await registry.resolve('TOY-COMPILED-1'), target)
const leftovers = () => readdirSync(path.join(root, 'models')).filter((name) => name.startsWith('.'))

describe('download', () => {
  it('brings all files, then finds them there', async () => {
    expect(await download()).toBe(true)
    expect(snapshot(target)).toEqual(snapshot(stored('.')))
    expect(await download()).toBe(false)
  })

  it('mends a target that was damaged and keeps the results in it', async () => {
    await download()
    truncateSync(path.join(target, 'model_artifacts', 'model.onnx'), 10)
    mkdirSync(path.join(target, 'v1', 'test_results'), { recursive: true })
    writeFileSync(path.join(target, 'v1', 'test_results', 'report.json'), '{}')
    expect(await download()).toBe(true)
    expect(snapshot(target)).toEqual({ ...snapshot(stored('.')), 'v1/test_results/report.json': expect.any(String) })
    expect(leftovers()).toEqual([])
  })

  it.each<[string, () => void, RegExp]>([
    [
      'a truncated file',
      () => truncateSync(stored('model_artifacts/model.onnx'), 100),
      /model\.onnx is 100 bytes, not the 1000000/,
    ],
    [
      'a changed file',
      () => writeFileSync(stored('model_artifacts/model.onnx'), 'FIRST'.repeat(200_000)),
      /does not have the SHA-256/,
    ],
    ['a longer file', () => writeFileSync(stored('model_artifacts/model.onnx'), 'x'.repeat(2_000_000)), /larger than/],
    ['a missing file', () => rmSync(stored('model_artifacts/deep/more.bin')), /more\.bin is missing/],
    ['a missing manifest', () => rmSync(stored('manifest.json')), /manifest of TOY-COMPILED-1 is missing/],
    ['a manifest that is no JSON', () => writeFileSync(stored('manifest.json'), '{'), /not valid JSON/],
    ['an empty manifest', () => writeFileSync(stored('manifest.json'), '{"files": []}'), /not a list of files/],
    [
      'a link',
      () => {
        rmSync(stored('model_card.json'))
        symlinkSync('/etc/hostname', stored('model_card.json'))
      },
      /reached through a link/,
    ],
    ...['../outside', '/etc/passwd', 'a/../../b', 'a\\b', './a'].map((name): [string, () => void, RegExp] => [
      `the path ${name}`,
      () =>
        writeFileSync(
          stored('manifest.json'),
          JSON.stringify({ files: [{ path: name, size: 1, sha256: '0'.repeat(64) }] }),
        ),
      /leaves its folder/,
    ]),
  ])('refuses %s and leaves what was there', async (_, damage, sentence) => {
    mkdirSync(target, { recursive: true })
    writeFileSync(path.join(target, 'model_card.json'), 'what was there')
    const before = snapshot(target)
    damage()
    await expect(download()).rejects.toThrow(sentence)
    expect(snapshot(target)).toEqual(before)
    expect(leftovers()).toEqual([])
  })

  it('names the versions there are when one is unknown', async () => {
    await expect(registry.resolve('TOY-COMPILED-7')).rejects.toThrow('no version TOY-COMPILED-7; it has TOY-COMPILED-1')
    await expect(registry.resolve('OTHER-1')).rejects.toThrow('it has no model OTHER')
    await expect(registry.resolve('../escape')).rejects.toThrow('is not a model version')
  })

  it('survives six downloads at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, download))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'))
    expect(snapshot(target)).toEqual(snapshot(stored('.')))
    expect(leftovers()).toEqual([])
  })

  it('starts over after a download that was killed, and removes what it left', async () => {
    await registry.register(versionFolder('second', 20_000_000), 'TOY-COMPILED')
    target = path.join(root, 'models', 'TOY-COMPILED-2')
    const child = spawn(process.execPath, downloadScript('TOY-COMPILED-2'), {
      cwd: import.meta.dirname,
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    for (let i = 0; i < 20_000 && leftovers().length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill('SIGKILL')
    expect(await ended).toBe('SIGKILL')
    expect(existsSync(target)).toBe(false)
    expect(leftovers()).toHaveLength(1)
    expect(await registry.download(await registry.resolve('TOY-COMPILED-2'), target)).toBe(true)
    expect(leftovers()).toEqual([])
  })

  it('says that there is no room and leaves what was there', async () => {
    mkdirSync(target)
    writeFileSync(path.join(target, 'model_card.json'), 'what was there')
    const before = snapshot(target)
    // A limit on the size of a file: the write fails half-way, as on a full disk, and needs neither root nor a mount.
    const limited = spawnSync(
      'bash',
      ['-c', 'ulimit -f 100; exec "$0" "$@"', process.execPath, ...downloadScript('TOY-COMPILED-1')],
      {
        cwd: import.meta.dirname,
        encoding: 'utf8',
      },
    )
    expect([limited.status, limited.stderr]).toEqual([3, expect.stringMatching(/is full.*untouched/)])
    expect(snapshot(target)).toEqual(before)
    expect(leftovers()).toEqual([])
  })
})

describe('register', () => {
  it('numbers versions one after the other and answers equal content with the number it has', async () => {
    const second = versionFolder('second')
    expect((await registry.register(second, 'TOY-COMPILED')).name).toBe('TOY-COMPILED-2')
    expect((await registry.register(second, 'TOY-COMPILED')).name).toBe('TOY-COMPILED-2')
    expect(await registry.versions('TOY-COMPILED')).toEqual([1, 2])
  })

  it('fails before anything is written when another number is next', async () => {
    await expect(registry.register(versionFolder('other'), 'TOY-COMPILED', 9)).rejects.toThrow(
      'next version is TOY-COMPILED-2',
    )
    expect(await registry.versions('TOY-COMPILED')).toEqual([1])
  })

  it('refuses a folder that is no version', async () => {
    const folder = path.join(root, 'empty')
    mkdirSync(folder)
    await expect(registry.register(folder, 'TOY-COMPILED')).rejects.toThrow('model_card.json')
  })
})

describe('results', () => {
  it('are filed under the image tag and replaced when filed again', async () => {
    const version = await registry.resolve('TOY-COMPILED-1')
    const results = path.join(root, 'results')
    const filed = path.join(root, 'registry', '.results', 'TOY-COMPILED', '1', 'test_results')
    mkdirSync(results)
    writeFileSync(path.join(results, 'old.json'), '{}')
    await registry.attachResults(version, 'v1', results)
    rmSync(path.join(results, 'old.json'))
    writeFileSync(path.join(results, 'load_test_report.json'), '{}')
    await registry.attachResults(version, 'v1', results)
    expect(readdirSync(filed)).toEqual(['v1'])
    expect(readdirSync(path.join(filed, 'v1'))).toEqual(['load_test_report.json'])
  })
})

describe('openRegistry', () => {
  it('refuses what it cannot speak to yet, without the address', () => {
    expect(() => openRegistry('https://user:secret@host', root)).toThrow(/https:… is not supported yet/)
  })
})
