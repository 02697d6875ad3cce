/** Downloads on real folders: every fault is one sentence, and what was there stays byte for byte. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { snapshot, ToyRegistry, write } from './toy-registry.ts'

let toy: ToyRegistry
beforeEach(async () => {
  toy = await ToyRegistry.create()
})
afterEach(() => toy.remove())

const report = 'v1/test_results/report.json'
const stored = (file?: string) => toy.stored(file)
const damageTarget = () => truncateSync(path.join(toy.target, 'model_artifacts', 'model.onnx'), 10)
/** The id of a process that has ended. */
const endedPid = () => spawnSync(process.execPath, ['--version']).pid

/** Runs node in a process of its own; resolves with its exit status or signal. */
function node(args: string[]): Promise<number | string | null> {
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: 'ignore' })
  return new Promise((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal)))
}

function expectComplete(others: string[] = []): void {
  const kept = Object.fromEntries(others.map((name) => [name, expect.any(String)]))
  expect(snapshot(toy.target)).toEqual({ ...snapshot(stored()), ...kept })
  expect(toy.leftovers()).toEqual([])
}

describe('download', () => {
  it('brings all files, then finds them there', async () => {
    expect(await toy.download()).toBe(true)
    expectComplete()
    expect(await toy.download()).toBe(false)
    expectComplete()
  })

  it('tells its progress in bytes, up to all of them', async () => {
    const seen: { bytes: number; ofBytes: number }[] = []
    await toy.registry.download(await toy.registry.resolve('TOY-COMPILED-1'), toy.target, (copied) => seen.push(copied))
    const bytes = seen.map((copied) => copied.bytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(bytes.length).toBeGreaterThan(10)
    expect(seen.at(-1)).toEqual({ bytes: seen[0]!.ofBytes, ofBytes: seen[0]!.ofBytes })
  })

  it('repairs a damaged target and keeps what is not of the version', async () => {
    await toy.download()
    damageTarget()
    write(path.join(toy.target, 'model_artifacts', 'stray.bin'), 'x')
    write(path.join(toy.target, report), '{}')
    write(path.join(toy.target, 'notes.txt'), 'mine')
    expect(await toy.download()).toBe(true)
    expectComplete([report, 'notes.txt'])
  })

  it.each([
    ['has another size', (file: string) => truncateSync(file, 999)],
    ['has the same size and other bytes', (file: string) => writeFileSync(file, 'FIRST'.repeat(200_000))],
    ['is missing', (file: string) => rmSync(file)],
    [
      'is a folder',
      (file: string) => {
        rmSync(file)
        mkdirSync(file)
      },
    ],
  ])('repairs a target with a file that %s', async (_, damage) => {
    await toy.download()
    damage(path.join(toy.target, 'model_artifacts', 'model.onnx'))
    expect(await toy.download()).toBe(true)
    expectComplete()
  })

  const faults: [string, () => void, string][] = [
    [
      'a truncated file',
      () => truncateSync(stored('model_artifacts/model.onnx'), 100),
      'model_artifacts/model.onnx of TOY-COMPILED-1 is 100 bytes, not 1000000: it is truncated or was changed.',
    ],
    [
      'a changed file',
      () => writeFileSync(stored('model_artifacts/model.onnx'), 'FIRST'.repeat(200_000)),
      'model_artifacts/model.onnx of TOY-COMPILED-1 does not have the SHA-256 of its manifest: it was changed.',
    ],
    [
      'a longer file',
      () => writeFileSync(stored('model_artifacts/model.onnx'), 'x'.repeat(2_000_000)),
      'model_artifacts/model.onnx of TOY-COMPILED-1 is larger than its manifest says.',
    ],
    [
      'a missing file',
      () => rmSync(stored('test_files/predictions.json')),
      'test_files/predictions.json of TOY-COMPILED-1 is missing.',
    ],
    [
      'a missing manifest',
      () => rmSync(stored('manifest.json')),
      'The manifest of TOY-COMPILED-1 is missing or cannot be read.',
    ],
    [
      'a manifest that is no JSON',
      () => writeFileSync(stored('manifest.json'), '{'),
      'The manifest of TOY-COMPILED-1 is not valid JSON.',
    ],
    [
      'a manifest with a path that leaves the folder',
      () =>
        writeFileSync(
          stored('manifest.json'),
          JSON.stringify({ files: [{ path: 'test_files/../../../x', size: 1, sha256: '0'.repeat(64) }] }),
        ),
      'The manifest of TOY-COMPILED-1 names "test_files/../../../x", which is not a path inside a version; nothing was copied.',
    ],
    [
      'a link to a file',
      () => {
        renameSync(stored('model_card.json'), stored('../elsewhere.json'))
        symlinkSync('../elsewhere.json', stored('model_card.json'))
      },
      'model_card.json of TOY-COMPILED-1 is a link or another special file; a version holds plain files only.',
    ],
    [
      'a link to a folder',
      () => {
        renameSync(stored('model_artifacts'), stored('../elsewhere'))
        symlinkSync('../elsewhere', stored('model_artifacts'))
      },
      'is a link or another special file; a version holds plain files only.',
    ],
    [
      'a pipe',
      () => {
        rmSync(stored('model_card.json'))
        execFileSync('mkfifo', [stored('model_card.json')])
      },
      'model_card.json of TOY-COMPILED-1 is a link or another special file; a version holds plain files only.',
    ],
  ]

  it.each(faults)('refuses %s and leaves what was there', async (_, damage, sentence) => {
    write(path.join(toy.target, 'model_card.json'), 'what was there')
    write(path.join(toy.target, report), '{}')
    const before = snapshot(toy.target)
    damage()
    const refused = await toy.download().catch((error) => error)
    expect(refused).toMatchObject({ code: 'MODEL_LOAD_FAILED', message: expect.stringContaining(sentence) })
    expect(snapshot(toy.target)).toEqual(before)
    expect(toy.leftovers()).toEqual([])
  })

  it.each(faults)('refuses %s and makes no target', async (_, damage, sentence) => {
    damage()
    await expect(toy.download()).rejects.toThrow(sentence)
    expect(readdirSync(path.dirname(toy.target))).toEqual([])
  })

  it('says that the disk is full and leaves what was there', () => {
    write(path.join(toy.target, 'model_card.json'), 'what was there')
    const before = snapshot(toy.target)
    // A limit on the size of a file: the write fails half-way, as on a full disk, and needs neither root nor a mount.
    const script = toy.script('await registry.download(version, target)')
    const limited = spawnSync('bash', ['-c', 'ulimit -f 100; exec "$0" "$@"', process.execPath, ...script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
    const sentence = `The disk of ${path.dirname(toy.target)} is full; free some space and try again. Existing files are unchanged.\n`
    expect([limited.status, limited.stderr]).toEqual([3, sentence])
    expect(snapshot(toy.target)).toEqual(before)
    expect(toy.leftovers()).toEqual([])
  })
})

describe('downloads at once', () => {
  it('all succeed in one process', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => toy.download()))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'))
    expectComplete()
  })

  it('all succeed in processes of their own, on a damaged target whose results they keep', async () => {
    for (let round = 0; round < 3; round++) {
      write(path.join(toy.target, 'model_card.json'), `damaged ${round}`)
      write(path.join(toy.target, report), '{}')
      const script = toy.script('await registry.download(version, target)')
      expect(await Promise.all([node(script), node(script), node(script)])).toEqual([0, 0, 0])
      expectComplete([report])
    }
  })
})

describe('a download that was killed', () => {
  it('leaves the target as it was, and the next one removes its rest', async () => {
    write(path.join(toy.target, 'model_card.json'), 'what was there')
    const before = snapshot(toy.target)
    const killed = toy.script(`await registry.download(version, target, ({ bytes, ofBytes }) => {
      if (bytes > ofBytes / 2) process.kill(process.pid, 'SIGKILL')
    })`)
    expect(await node(killed)).toBe('SIGKILL')
    expect(toy.leftovers()).toEqual([expect.stringMatching(/\.partial$/)])
    expect(snapshot(toy.target)).toEqual(before)
    expect(await toy.download()).toBe(true)
    expectComplete()
  })

  it('has its rest removed when the target is complete as well', async () => {
    await toy.download()
    write(`${path.dirname(toy.target)}/.TOY-COMPILED-1.${endedPid()}.0123abcd.partial/model_card.json`, '{')
    expect(await toy.download()).toBe(false)
    expectComplete()
  })

  it('has its rest removed when its process id is now ours, as in a container that starts again', async () => {
    write(`${path.dirname(toy.target)}/.TOY-COMPILED-1.${process.pid}.0123abcd.partial/model_card.json`, '{')
    await toy.download()
    expectComplete()
  })

  it('between moving the old version aside and the new one in, has lost neither version nor results', async () => {
    const aside = `${path.dirname(toy.target)}/.TOY-COMPILED-1.${endedPid()}.0123abcd.old`
    write(`${aside}/model_card.json`, 'what was there')
    write(`${aside}/${report}`, '{}')
    const before = snapshot(aside)
    truncateSync(stored('model_card.json'), 1)
    await expect(toy.download()).rejects.toThrow('model_card.json of TOY-COMPILED-1 is 1 bytes')
    expect(snapshot(toy.target)).toEqual(before)
    expect(toy.leftovers()).toEqual([])
  })

  it('after another process has put the version in place, has its results taken over', async () => {
    await toy.download()
    write(`${path.dirname(toy.target)}/.TOY-COMPILED-1.${endedPid()}.0123abcd.old/${report}`, '{}')
    expect(await toy.download()).toBe(false)
    expectComplete([report])
  })

  it('is not taken for one that still runs, nor for files of the user', async () => {
    const others = [
      `.TOY-COMPILED-1.${process.ppid}.0123abcd.partial`,
      '.TOY-COMPILED-1.notes',
      '.TOY-COMPILED-10.1.0123abcd.partial',
    ]
    for (const name of others) write(path.join(path.dirname(toy.target), name, 'file'), 'x')
    await toy.download()
    expect(toy.leftovers().sort()).toEqual(others.sort())
    expect(existsSync(path.join(toy.target, 'model_card.json'))).toBe(true)
  })
})
