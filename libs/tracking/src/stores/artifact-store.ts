/** Where the files of a version or of a run lie: one folder of a store, whatever the store is. */
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { notThere } from '@servery/model-version'

export interface StoredFile {
  /** Relative to the store's folder, forward slashes. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** A file of `wanted` is missing when `read` rejects with `FileGone`; everything else is a `ServeryError` or transient. */
export interface ArtifactStore {
  /** For messages, for example `s3://bucket/folder`. */
  readonly location: string
  /** How many parts of one file may be read at once. */
  readonly parallel: number
  /** Every file below the folder, sorted by path; empty when there is no such folder. */
  list(): Promise<StoredFile[]>
  /** Bytes `start` (first) up to `end` (not included) of a file. One attempt. @throws FileGone */
  read(file: string, start: number, end: number): Promise<Readable>
  /** Copies a local file into the folder, and tries again by itself. @param sent called with the bytes of each part */
  write(file: string, from: string, sent?: (bytes: number) => void): Promise<void>
}

export class FileGone extends Error {}

/** `file:` locations, and plain paths: what an MLflow server without proxy keeps on a disk that both share. */
export class FolderStore implements ArtifactStore {
  readonly location: string
  readonly parallel = 1
  readonly #root: string

  constructor(location: string) {
    this.location = location
    this.#root = location.startsWith('file:') ? fileURLToPath(location) : location
  }

  async list(): Promise<StoredFile[]> {
    const names = (await readdir(this.#root, { recursive: true }).catch(notThere)) ?? []
    const files: StoredFile[] = []
    for (const name of names.sort()) {
      const stats = await stat(path.join(this.#root, name))
      if (stats.isFile()) files.push({ path: name, size: stats.size })
    }
    return files
  }

  async read(file: string, start: number, end: number): Promise<Readable> {
    const full = path.join(this.#root, file)
    if ((await stat(full).catch(notThere)) === undefined) throw new FileGone(file)
    return createReadStream(full, { start, end: Math.max(start, end - 1) })
  }

  async write(file: string, from: string, sent: (bytes: number) => void = () => {}): Promise<void> {
    const to = path.join(this.#root, file)
    await mkdir(path.dirname(to), { recursive: true })
    await copyFile(from, to)
    sent((await stat(to)).size)
  }
}
