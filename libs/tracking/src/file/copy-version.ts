/** Copies the files of a version between folders and verifies each of them on the way. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  checkFingerprint,
  MANIFEST_FILE,
  type Manifest,
  type ManifestEntry,
  modelLoadFailed,
  notThere,
} from '@servery/model-version'
import { countBytes, type Progress } from '../registry/progress.ts'

interface Origin {
  readonly directory: string
  /** For messages: the version's name, or its folder. */
  readonly name: string
  readonly manifest: Manifest
}

/**
 * Copies every file that the manifest lists, and the manifest, into the new folder `destination`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` for the first file that is missing, differs from the manifest or is not a plain file
 */
export async function copyVersion(origin: Origin, destination: string, progress?: Progress): Promise<void> {
  const { manifest, name } = origin
  const copied = countBytes(manifest.files, progress)
  for (const file of manifest.files) {
    const to = path.join(destination, file.path)
    await mkdir(path.dirname(to), { recursive: true })
    await copyVerified(await plainFile(origin, file), to, file, name, copied)
  }
  await writeFile(path.join(destination, MANIFEST_FILE), JSON.stringify(manifest, null, 1), { flush: true })
}

/** Refuses links in any part of a path inside a version: they could lead out of the registry. */
async function plainFile({ directory, name }: Origin, file: ManifestEntry): Promise<string> {
  const parts = file.path.split('/')
  let current = directory
  for (const [depth, part] of parts.entries()) {
    current = path.join(current, part)
    const stats = await lstat(current).catch(notThere)
    if (stats === undefined) throw modelLoadFailed(`${file.path} of ${name} is missing.`)
    if (depth < parts.length - 1 ? !stats.isDirectory() : !stats.isFile())
      throw modelLoadFailed(
        `${file.path} of ${name} is a link or another special file; a version holds plain files only.`,
      )
  }
  return current
}

async function copyVerified(
  from: string,
  to: string,
  wanted: ManifestEntry,
  name: string,
  copied: (length: number) => void,
): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      // Stop early: a file that grew must not fill the disk.
      if (size > wanted.size)
        return done(modelLoadFailed(`${wanted.path} of ${name} is larger than its manifest says.`))
      copied(chunk.length)
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(from), meter, createWriteStream(to, { flush: true }))
  checkFingerprint(wanted, { size, sha256: hash.digest('hex') }, name)
}
