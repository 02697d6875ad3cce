/** The manifest of a version: size and SHA-256 of every file of its tree. Other files are neither verified nor touched. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ServeryError } from '@servery/core'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

export const MANIFEST_FILE = 'manifest.json'

const Entry = Type.Object({
  /** Relative, forward slashes. */
  path: Type.String({ minLength: 1 }),
  /** Bytes. */
  size: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})
const Manifest = Type.Object({ files: Type.Array(Entry, { minItems: 1 }) })
export type ManifestEntry = Static<typeof Entry>
export type Manifest = Static<typeof Manifest>

/** What belongs to a version; results and the manifest itself do not. */
const TREE = ['model_card.json', 'model_artifacts', 'test_files']

/** @throws ServeryError `MODEL_LOAD_FAILED` when the folder holds no card, or anything that is not a plain file */
export async function createManifest(directory: string): Promise<Manifest> {
  const files: ManifestEntry[] = []
  for (const member of TREE) {
    for (const relative of await filesBelow(directory, member)) {
      files.push({ path: relative, ...(await fingerprint(path.join(directory, relative))) })
    }
  }
  if (!files.some((file) => file.path === 'model_card.json'))
    throw failed(`${directory} has no model_card.json, so it is not a model version.`)
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

/** SHA-256 over the listed paths, sizes and hashes: equal for equal content. */
export function manifestDigest(manifest: Manifest): string {
  const lines = manifest.files.map((file) => `${file.sha256} ${file.size} ${file.path}`)
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex')
}

/** @param where for the message. @throws ServeryError `MODEL_LOAD_FAILED` when it is not a manifest or a path leaves the folder */
export function parseManifest(text: string, where: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw failed(`The manifest of ${where} is not valid JSON; register the version again.`)
  }
  if (!Value.Check(Manifest, value))
    throw failed(`The manifest of ${where} is not a list of files with size and SHA-256; register the version again.`)
  for (const file of value.files) {
    if (leavesFolder(file.path))
      throw failed(
        `The manifest of ${where} names ${JSON.stringify(file.path)}, which leaves its folder; nothing was taken.`,
      )
  }
  return value
}

/** @throws ServeryError `MODEL_LOAD_FAILED` naming the first file that is missing or differs */
export async function verifyManifest(directory: string, manifest: Manifest): Promise<void> {
  for (const file of manifest.files) {
    checkFingerprint(file, await fingerprint(path.join(directory, file.path)).catch(missing))
  }
}

/** @param found undefined when the file is not there */
export function checkFingerprint(wanted: ManifestEntry, found: Omit<ManifestEntry, 'path'> | undefined): void {
  if (found === undefined) throw failed(`${wanted.path} is missing.`)
  if (found.size !== wanted.size)
    throw failed(
      `${wanted.path} is ${found.size} bytes, not the ${wanted.size} of the manifest: it is truncated or was changed.`,
    )
  if (found.sha256 !== wanted.sha256)
    throw failed(`${wanted.path} does not have the SHA-256 of the manifest: it was changed.`)
}

export function failed(sentence: string, cause?: unknown): ServeryError {
  return new ServeryError('MODEL_LOAD_FAILED', sentence, { cause })
}

function leavesFolder(relative: string): boolean {
  return (
    relative.includes('\\') ||
    relative.includes('\0') ||
    path.posix.isAbsolute(relative) ||
    path.posix.normalize(relative) !== relative ||
    relative.split('/').includes('..')
  )
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function filesBelow(directory: string, member: string): Promise<string[]> {
  const stats = await lstat(path.join(directory, member)).catch(missing)
  if (stats === undefined) return []
  if (stats.isFile()) return [member]
  if (!stats.isDirectory()) throw failed(`${member} is neither a file nor a folder; a version holds plain files only.`)
  const names = await readdir(path.join(directory, member))
  const nested = await Promise.all(names.map((name) => filesBelow(directory, path.posix.join(member, name))))
  return nested.flat()
}

async function fingerprint(file: string): Promise<Omit<ManifestEntry, 'path'>> {
  const hash = createHash('sha256')
  let size = 0
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
    }
  })
  return { size, sha256: hash.digest('hex') }
}
