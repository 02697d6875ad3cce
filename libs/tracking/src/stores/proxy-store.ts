/** An artifact folder behind the MLflow server itself: `mlflow-artifacts:/<path>`, or with host and port `mlflow-artifacts://<host>/<path>`. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { RetryableError } from '@servery/http-client'
import type { MlflowClient } from '../mlflow/client.ts'
import { type ArtifactStore, FileGone, type StoredFile } from './artifact-store.ts'

const ROUTE = '/api/2.0/mlflow-artifacts/artifacts'

export class ProxyStore implements ArtifactStore {
  readonly location: string
  /** The server copies a whole file for every read, so parts gain nothing. */
  readonly parallel = 1
  readonly #client: MlflowClient
  readonly #folder: string

  constructor(location: string, client: MlflowClient) {
    this.location = location
    this.#client = client
    // The host of a location is the server's name for itself, which may be unknown here; the registry's own address is not.
    this.#folder = location.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/, '').replace(/\/+$/, '')
  }

  async list(): Promise<StoredFile[]> {
    const found: StoredFile[] = []
    for (const folders = ['']; folders.length > 0; ) {
      const folder = folders.pop()!
      for (const file of await this.#listed(folder)) {
        const name = path.posix.join(folder, file.path)
        if (file.is_dir) folders.push(name)
        else found.push({ path: name, size: Number(file.file_size ?? 0) })
      }
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async read(file: string, start: number): Promise<Readable> {
    const headers = start > 0 ? { range: `bytes=${start}-` } : {}
    const { status, body } = await this.#client
      .stream('GET', this.#addressOf(file), { headers, allow404: true })
      .catch(async (error) => {
        if (error instanceof RetryableError && error.status === 500 && !(await this.#has(file)))
          throw new FileGone(file)
        throw error
      })
    if (status === 404) {
      body.resume()
      throw new FileGone(file)
    }
    return status === 206 || start === 0 ? body : body.compose(withoutFirst(start))
  }

  async write(file: string, from: string, sent: (bytes: number) => void = () => {}): Promise<void> {
    const { size } = await stat(from)
    await this.#client.retried(`Writing ${file} to ${this.location}`, async () => {
      const { body } = await this.#client.stream('PUT', this.#addressOf(file), {
        headers: { 'content-length': String(size), 'content-type': 'application/octet-stream' },
        body: createReadStream(from),
      })
      await body.resume().toArray()
    })
    sent(size)
  }

  /** MLflow says 500, not 404, of a file that is missing in its S3. */
  async #has(file: string): Promise<boolean> {
    const { dir, base } = path.posix.parse(file)
    return (await this.#listed(dir)).some((one) => !one.is_dir && one.path === base)
  }

  /** What lies in a folder below, named by its last part. */
  async #listed(folder: string): Promise<readonly Listed[]> {
    const below = [this.#folder, folder].filter(Boolean).join('/')
    const { files = [] } = await this.#client.getJson<{ files?: readonly Listed[] }>(ROUTE, { path: below })
    return files
  }

  #addressOf(file: string): string {
    const parts = [...this.#folder.split('/'), ...file.split('/')]
    return `${ROUTE}/${parts.map(encodeURIComponent).join('/')}`
  }
}

/** A file or folder in MLflow's answer. */
interface Listed {
  readonly path: string
  readonly is_dir: boolean
  /** Bytes. */
  readonly file_size?: number | string
}

/** MLflow's proxy knows no ranges and sends the file from its start. */
function withoutFirst(bytes: number): Transform {
  let left = bytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = chunk.subarray(Math.min(left, chunk.length))
      left -= chunk.length - rest.length
      done(null, rest)
    },
  })
}
