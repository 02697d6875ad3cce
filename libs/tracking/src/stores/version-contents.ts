/** Brings the files of a version from an artifact store to a folder, each verified once it is there. */
import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  CARD_FILE,
  checkFingerprint,
  createManifest,
  fingerprint,
  isInstalled,
  isInVersion,
  MANIFEST_FILE,
  type Manifest,
  modelLoadFailed,
  verifyDirectory,
} from '@servery/model-version'
import type { Progress } from '../file/copy-version.ts'
import { requestWithRetries } from '../registry/requests.ts'
import { type ArtifactStore, FileGone, type StoredFile } from './artifact-store.ts'
import { inParallel } from './parallel.ts'

/** What one request asks for. Small enough that a break loses little, large enough that requests cost nothing. */
const RANGE_BYTES = 32 * 1024 * 1024

export interface Source {
  readonly store: ArtifactStore
  /** For messages. */
  readonly name: string
  readonly maxRetries: number
}

/** The text of a small file, undefined when there is none. */
export function readStored({ store, maxRetries }: Source, file: string): Promise<string | undefined> {
  return requestWithRetries(`Reading ${file} of ${store.location}`, maxRetries, async () => {
    try {
      const chunks = await (await store.read(file, 0, MAX_TEXT_BYTES)).toArray()
      return Buffer.concat(chunks).toString('utf8')
    } catch (error) {
      if (error instanceof FileGone) return undefined
      throw error
    }
  })
}

const MAX_TEXT_BYTES = 64 * 1024 * 1024

/** The files of a version as a store has them. */
export interface Contents {
  /** True when the folder holds them all, unchanged. */
  isIn(directory: string): Promise<boolean>
  /**
   * Fills the new folder with them and their manifest.
   * @throws ServeryError `MODEL_LOAD_FAILED` for a file that is gone or differs, `UPSTREAM_FAILED` when the store cannot be reached
   */
  fetch(destination: string, progress?: Progress): Promise<void>
}

/** A version that was registered with a manifest. */
export function manifestContents(source: Source, manifest: Manifest): Contents {
  return {
    isIn: (directory) => isInstalled(directory, manifest),
    fetch: async (destination, progress) => {
      await fetchFiles(source, manifest.files, destination, progress)
      for (const file of manifest.files)
        checkFingerprint(file, await fingerprint(path.join(destination, file.path)), source.name)
      await writeManifest(destination, manifest)
    },
  }
}

/**
 * A version that MLflow's own client made: only sizes are known before, and what arrives gets its manifest here.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` when its files are gone or hold no card
 */
export async function listedContents(source: Source): Promise<Contents> {
  const { store, name } = source
  const files = (await store.list()).filter((file) => isInVersion(file.path))
  if (!files.some((file) => file.path === CARD_FILE))
    throw modelLoadFailed(
      `${name} has neither ${MANIFEST_FILE} nor ${CARD_FILE} in ${store.location}: its artifacts are gone, or it is not a version that can be served.`,
    )
  const sizes = (list: readonly StoredFile[]) =>
    list
      .map((file) => `${file.path} ${file.size}`)
      .sort()
      .join('\n')
  return {
    isIn: async (directory) => {
      const own = await verifyDirectory(directory).catch(() => undefined)
      return own !== undefined && sizes(own.files) === sizes(files)
    },
    fetch: async (destination, progress) => {
      await fetchFiles(source, files, destination, progress)
      await writeManifest(destination, await createManifest(destination))
    },
  }
}

async function fetchFiles(
  source: Source,
  files: readonly StoredFile[],
  destination: string,
  progress: Progress = () => {},
): Promise<void> {
  const ofBytes = files.reduce((sum, file) => sum + file.size, 0)
  let bytes = 0
  for (const file of files) {
    const to = path.join(destination, file.path)
    await mkdir(path.dirname(to), { recursive: true })
    await fetchFile(source, file, to, (length) => {
      bytes += length
      progress({ bytes, ofBytes })
    })
  }
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeFile(path.join(directory, MANIFEST_FILE), JSON.stringify(manifest, null, 1), { flush: true })
}

/** Copies a file of known size; parts at once where the store allows it, each resumed at the byte where it broke. */
async function fetchFile(
  source: Source,
  file: StoredFile,
  to: string,
  copied: (bytes: number) => void = () => {},
): Promise<void> {
  const { parallel } = source.store
  const step = parallel > 1 ? RANGE_BYTES : Math.max(1, file.size)
  const starts = Array.from({ length: Math.max(1, Math.ceil(file.size / step)) }, (_, index) => index * step)
  const handle = await open(to, 'w')
  try {
    await inParallel(starts, parallel, (start) =>
      fetchRange(source, file, handle, { start, end: Math.min(start + step, file.size) }, copied),
    )
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function fetchRange(
  { store, name, maxRetries }: Source,
  file: StoredFile,
  handle: FileHandle,
  { start, end }: { start: number; end: number },
  copied: (bytes: number) => void,
): Promise<void> {
  let at = start
  await requestWithRetries(`Reading ${file.path} of ${store.location}`, maxRetries, async () => {
    if (at === end && end > 0) return
    try {
      for await (const chunk of await store.read(file.path, at, end)) {
        // A file that grew must not fill the disk, nor the range of its neighbour.
        if (at + chunk.length > end) throw modelLoadFailed(`${file.path} of ${name} is larger than its manifest says.`)
        await writeAll(handle, chunk, at)
        at += chunk.length
        copied(chunk.length)
      }
    } catch (error) {
      if (error instanceof FileGone)
        throw modelLoadFailed(
          `${file.path} of ${name} is missing: its artifacts are gone from ${store.location}.`,
          error,
        )
      throw error
    }
    if (at < end)
      throw modelLoadFailed(
        `${file.path} of ${name} is smaller than its manifest says: it is truncated or was changed.`,
      )
  })
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done)
    done += bytesWritten
  }
}
