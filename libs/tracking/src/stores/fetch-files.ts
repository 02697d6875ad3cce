/** Copies files from an artifact store into a folder; an interrupted copy resumes where it stopped. */
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { modelLoadFailed } from '@servery/model-version'
import { countBytes, type Progress } from '../registry/progress.ts'
import { requestWithRetries } from '../registry/requests.ts'
import { type ArtifactStore, FileNotFound, type StoredFile } from './artifact-store.ts'
import { inParallel } from './parallel.ts'

/** Size of one request: small enough that little is lost when it breaks, large enough that the cost of a request does not matter. */
const RANGE_BYTES = 32 * 1024 * 1024
const MAX_TEXT_BYTES = 64 * 1024 * 1024

export interface Source {
  readonly store: ArtifactStore
  /** The version, for messages. */
  readonly name: string
  readonly maxRetries: number
}

/** The text of a small file; undefined if there is no such file. */
export function fetchText({ store, maxRetries }: Source, file: string): Promise<string | undefined> {
  return requestWithRetries(`Reading ${file} of ${store.location}`, maxRetries, async () => {
    try {
      const chunks = await (await store.read(file, 0, MAX_TEXT_BYTES)).toArray()
      return Buffer.concat(chunks).toString('utf8')
    } catch (error) {
      if (error instanceof FileNotFound) return undefined
      throw error
    }
  })
}

/** Copies files of known sizes and syncs them to disk. @throws ServeryError `MODEL_LOAD_FAILED`, `UPSTREAM_FAILED` */
export async function fetchFiles(
  source: Source,
  files: readonly StoredFile[],
  destination: string,
  progress?: Progress,
): Promise<void> {
  const copied = countBytes(files, progress)
  for (const file of files) {
    const to = path.join(destination, file.path)
    await mkdir(path.dirname(to), { recursive: true })
    await fetchFile(source, file, to, copied)
  }
}

/** Reads ranges concurrently if the store allows it. */
async function fetchFile(source: Source, file: StoredFile, to: string, copied: (bytes: number) => void): Promise<void> {
  const { parallelReads } = source.store
  const step = parallelReads > 1 ? RANGE_BYTES : Math.max(1, file.size)
  const starts = Array.from({ length: Math.max(1, Math.ceil(file.size / step)) }, (_, index) => index * step)
  const handle = await open(to, 'w')
  try {
    await inParallel(starts, parallelReads, (start) =>
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
        // A file that grew must not fill the disk, nor overwrite the next range.
        if (at + chunk.length > end) throw modelLoadFailed(`${file.path} of ${name} is larger than its manifest says.`)
        await writeAll(handle, chunk, at)
        at += chunk.length
        copied(chunk.length)
      }
    } catch (error) {
      if (error instanceof FileNotFound)
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
