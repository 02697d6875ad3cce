/** Puts a verified copy of a version into place: a temporary folder beside the target, then one rename. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  checkFingerprint,
  failed,
  MANIFEST_FILE,
  type Manifest,
  type ManifestEntry,
  parseManifest,
  verifyManifest,
} from './manifest.ts'

export type Progress = (copied: { readonly bytes: number; readonly ofBytes: number }) => void

/**
 * Copies the files of `manifest` from `source` to `target`, verified on the way. What was at the target stays as it is
 * until the copy is whole; its test results are taken over.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED`; nothing partial is left
 */
export async function install(
  source: string,
  manifest: Manifest,
  target: string,
  progress: Progress = () => {},
): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true })
  await removeStale(target)
  const partial = `${siblingPrefix(target)}${process.pid}.${randomBytes(4).toString('hex')}.partial`
  try {
    await copyFiles(source, manifest, partial, progress)
    await writeFile(path.join(partial, MANIFEST_FILE), JSON.stringify(manifest, null, 1))
    await replace(target, partial, manifest)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw explained(error, target)
  }
}

/** True when the target holds all files of the manifest, unchanged. */
export async function isInstalled(target: string, manifest: Manifest): Promise<boolean> {
  try {
    const own = parseManifest(await readFile(path.join(target, MANIFEST_FILE), 'utf8'), target)
    await verifyManifest(target, own)
    return JSON.stringify(own) === JSON.stringify(manifest)
  } catch {
    return false
  }
}

async function copyFiles(source: string, manifest: Manifest, partial: string, progress: Progress): Promise<void> {
  const ofBytes = manifest.files.reduce((sum, file) => sum + file.size, 0)
  let bytes = 0
  for (const file of manifest.files) {
    const destination = path.join(partial, file.path)
    await mkdir(path.dirname(destination), { recursive: true })
    await copyVerified(await plainFile(source, file), destination, file)
    bytes += file.size
    progress({ bytes, ofBytes })
  }
}

/** A link could lead out of the registry: no part of a path inside a version may be one. */
async function plainFile(source: string, file: ManifestEntry): Promise<string> {
  let current = source
  for (const part of file.path.split('/')) {
    current = path.join(current, part)
    const stats = await lstat(current).catch(() => undefined)
    if (stats === undefined) throw failed(`${file.path} is missing.`)
    if (stats.isSymbolicLink())
      throw failed(`${file.path} is reached through a link; a version holds plain files only.`)
  }
  return current
}

async function copyVerified(from: string, to: string, wanted: ManifestEntry): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(
        size > wanted.size
          ? failed(`${wanted.path} is larger than the ${wanted.size} bytes of the manifest: it was changed.`)
          : null,
        chunk,
      )
    },
  })
  await pipeline(createReadStream(from), meter, createWriteStream(to, { flush: true }))
  checkFingerprint(wanted, { size, sha256: hash.digest('hex') })
}

/** Renames are atomic; between the two of a replacement another download may win, which is as good when its content is the same. */
async function replace(target: string, partial: string, manifest: Manifest): Promise<void> {
  const old = `${partial}.old`
  const replaced = await rename(target, old).then(() => true, notThere)
  try {
    if (replaced) await keepResults(old, partial)
    await rename(partial, target)
  } catch (error) {
    if (await isInstalled(target, manifest)) await rm(partial, { recursive: true, force: true })
    else {
      if (replaced) await rename(old, target).catch(() => {})
      throw error
    }
  }
  await rm(old, { recursive: true, force: true })
}

async function keepResults(old: string, partial: string): Promise<void> {
  for (const tag of await readdir(old)) {
    const results = path.join(old, tag, 'test_results')
    if (
      !(await access(results).then(
        () => true,
        () => false,
      ))
    )
      continue
    await mkdir(path.join(partial, tag), { recursive: true })
    await rename(results, path.join(partial, tag, 'test_results'))
  }
}

function notThere(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false
  throw error
}

/** Removes partial folders whose process has ended, and puts back what a killed replacement had moved aside. */
async function removeStale(target: string): Promise<void> {
  const prefix = path.basename(siblingPrefix(target))
  const folder = path.dirname(target)
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length).split('.')[0]))) continue
    const stale = path.join(folder, name)
    if (name.endsWith('.old')) await rename(stale, target).catch(() => rm(stale, { recursive: true, force: true }))
    else await rm(stale, { recursive: true, force: true })
  }
}

function siblingPrefix(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function explained(error: unknown, target: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return failed(
      `The disk of ${path.dirname(target)} is full; make room and try again. What was there is untouched.`,
      error,
    )
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return failed(`${path.dirname(target)} cannot be written to by this user; what was there is untouched.`, error)
  return error
}
