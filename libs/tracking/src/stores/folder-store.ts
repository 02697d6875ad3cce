/** Artifacts at `file:` locations and plain paths: on a disk that the MLflow server shares with its clients. */
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { notThere } from '@servery/model-version'
import { type ArtifactStore, FileNotFound, type StoredFile } from './artifact-store.ts'

export class FolderStore implements ArtifactStore {
  readonly location: string
  readonly parallelReads = 1
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
    if ((await stat(full).catch(notThere)) === undefined) throw new FileNotFound(file)
    return createReadStream(full, { start, end: Math.max(start, end - 1) })
  }

  async write(file: string, from: string, sent: (bytes: number) => void = () => {}): Promise<void> {
    const to = path.join(this.#root, file)
    await mkdir(path.dirname(to), { recursive: true })
    await copyFile(from, to)
    sent((await stat(to)).size)
  }
}
