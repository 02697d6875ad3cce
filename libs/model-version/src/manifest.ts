/** The manifest of a version: size and SHA-256 of every file that belongs to it. Other files are neither verified nor changed. */
import { createHash } from 'node:crypto'
import { lstat, open, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Static, Type, Value } from '@servery/schema'
import { modelLoadFailed, notThere } from './errors.ts'
import { CARD_FILE, isInVersion, MANIFEST_FILE, VERSION_TREE } from './layout.ts'

const Entry = Type.Object({
  /** Relative to the version's folder, forward slashes. */
  path: Type.String(),
  /** Bytes. */
  size: Type.Integer({ minimum: 0 }),
  /** Lower-case hexadecimal. */
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})
const Manifest = Type.Object({ files: Type.Array(Entry, { minItems: 1 }) })
export type ManifestEntry = Static<typeof Entry>
export type Manifest = Static<typeof Manifest>

/**
 * Lists the files of the version in `directory`, sorted by path.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if the folder holds no card, or anything that is not a plain file
 */
export async function createManifest(directory: string): Promise<Manifest> {
  const files: ManifestEntry[] = []
  for (const member of VERSION_TREE) {
    for (const relative of await filesBelow(directory, member)) {
      files.push({ path: relative, ...(await fingerprint(path.join(directory, relative))) })
    }
  }
  if (!files.some((file) => file.path === CARD_FILE))
    throw modelLoadFailed(`${directory} has no ${CARD_FILE}, so it is not a model version.`)
  return { files: files.sort(byPath) }
}

/** SHA-256 of the listed paths, sizes and hashes, in hexadecimal: equal for equal content in any order. */
export function manifestDigest({ files }: Manifest): string {
  const rows = [...files].sort(byPath).map((file) => [file.path, file.size, file.sha256])
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

/**
 * Reads the manifest in a version's folder.
 *
 * @param name for messages: the version's name, or its folder
 * @throws ServeryError `MODEL_LOAD_FAILED` if it is missing, not a manifest, or names a path outside the version
 */
export async function readManifest(directory: string, name = directory): Promise<Manifest> {
  const text = await readFile(path.join(directory, MANIFEST_FILE), 'utf8').catch((error: unknown) => {
    throw modelLoadFailed(`The manifest of ${name} is missing or cannot be read.`, error)
  })
  return parseManifest(text, name)
}

/** @throws ServeryError as `readManifest` */
export function parseManifest(text: string, name: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw modelLoadFailed(`The manifest of ${name} is not valid JSON.`, error)
  }
  if (!Value.Check(Manifest, value))
    throw modelLoadFailed(`The manifest of ${name} is not a list of files with size and SHA-256.`)
  const seen = new Set<string>()
  for (const file of value.files) {
    const quoted = JSON.stringify(file.path)
    if (!isInVersion(file.path))
      throw modelLoadFailed(
        `The manifest of ${name} names ${quoted}, which is not a path inside a version; nothing was copied.`,
      )
    if (seen.has(file.path)) throw modelLoadFailed(`The manifest of ${name} names ${quoted} twice; nothing was copied.`)
    seen.add(file.path)
  }
  return value
}

/**
 * Hashes every file that the manifest of a folder lists.
 *
 * @throws ServeryError as `readManifest`, and `MODEL_LOAD_FAILED` naming the first file that is missing or differs
 */
export async function verifyDirectory(directory: string): Promise<Manifest> {
  const manifest = await readManifest(directory)
  for (const file of manifest.files) {
    const found = await fingerprint(path.join(directory, file.path)).catch(notThere)
    if (found === undefined) throw modelLoadFailed(`${file.path} of ${directory} is missing.`)
    checkFingerprint(file, found, directory)
  }
  return manifest
}

/** True when the folder holds all files of the manifest, unchanged. */
export async function isInstalled(directory: string, manifest: Manifest): Promise<boolean> {
  // Whatever is wrong with the folder: a new copy fixes it, or fails with the reason.
  const own = await verifyDirectory(directory).catch(() => undefined)
  return own !== undefined && manifestDigest(own) === manifestDigest(manifest)
}

/** @throws ServeryError `MODEL_LOAD_FAILED` if size or hash differ */
export function checkFingerprint(wanted: ManifestEntry, found: Omit<ManifestEntry, 'path'>, name: string): void {
  if (found.size !== wanted.size)
    throw modelLoadFailed(
      `${wanted.path} of ${name} is ${found.size} bytes, not ${wanted.size}: it is truncated or was changed.`,
    )
  if (found.sha256 !== wanted.sha256)
    throw modelLoadFailed(`${wanted.path} of ${name} does not have the SHA-256 of its manifest: it was changed.`)
}

/** By UTF-16 units: the same order on every machine. */
function byPath(a: ManifestEntry, b: ManifestEntry): number {
  return a.path < b.path ? -1 : Number(a.path > b.path)
}

async function filesBelow(directory: string, member: string): Promise<string[]> {
  const stats = await lstat(path.join(directory, member)).catch(notThere)
  if (stats === undefined) return []
  if (stats.isFile()) return [member]
  if (!stats.isDirectory())
    throw modelLoadFailed(
      `${member} of ${directory} is a link or another special file; a version holds plain files only.`,
    )
  const names = await readdir(path.join(directory, member))
  const nested = await Promise.all(names.map((name) => filesBelow(directory, path.posix.join(member, name))))
  return nested.flat()
}

/** Size and SHA-256 of a file. Reuses one buffer: the chunks of a stream would pile up faster than they are garbage-collected. */
export async function fingerprint(file: string): Promise<Omit<ManifestEntry, 'path'>> {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(1024 * 1024)
  const handle = await open(file)
  try {
    for (let size = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size)
      if (bytesRead === 0) return { size, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      size += bytesRead
    }
  } finally {
    await handle.close()
  }
}
