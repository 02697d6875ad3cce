/** Artifacts behind the proxy of the MLflow server: `mlflow-artifacts:/<path>`, or `mlflow-artifacts://<host>/<path>` with host and port. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { RetryableError } from '@servery/http-client'
import { type ArtifactStore, FileNotFound, type StoredFile } from './artifact-store.ts'

const ROUTE = '/api/2.0/mlflow-artifacts/artifacts'

/** The part of the MLflow client that the store needs. */
export interface ArtifactServer {
  getJson<T>(route: string, query: Readonly<Record<string, string>>): Promise<T>
  /** One attempt; the caller must read the body. @throws RetryableError, ServeryError */
  stream(
    method: 'GET' | 'PUT',
    route: string,
    options: {
      readonly headers: Readonly<Record<string, string>>
      readonly body?: Readable
      readonly allow404?: boolean
    },
  ): Promise<{ readonly status: number; readonly body: Readable }>
  /** @param what the beginning of the error message */
  retried<T>(what: string, attempt: () => Promise<T>): Promise<T>
}

export class ProxyStore implements ArtifactStore {
  readonly location: string
  /** The server reads the whole file for every request, so concurrent ranges gain nothing. */
  readonly parallelReads = 1
  readonly #server: ArtifactServer
  readonly #folder: string

  constructor(location: string, server: ArtifactServer) {
    this.location = location
    this.#server = server
    // The host in a location is the server's own name for itself, which may not resolve here: use the address of the registry.
    this.#folder = location.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/, '').replace(/\/+$/, '')
  }

  async list(): Promise<StoredFile[]> {
    const found: StoredFile[] = []
    for (const folders = ['']; folders.length > 0; ) {
      const folder = folders.pop()!
      for (const entry of await this.#entries(folder)) {
        const name = path.posix.join(folder, entry.path)
        if (entry.is_dir) folders.push(name)
        else found.push({ path: name, size: Number(entry.file_size ?? 0) })
      }
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async read(file: string, start: number): Promise<Readable> {
    const headers = start > 0 ? { range: `bytes=${start}-` } : {}
    const { status, body } = await this.#server
      .stream('GET', this.#route(file), { headers, allow404: true })
      .catch(async (error) => {
        if (error instanceof RetryableError && error.status === 500 && !(await this.#has(file)))
          throw new FileNotFound(file)
        throw error
      })
    if (status === 404) {
      body.resume()
      throw new FileNotFound(file)
    }
    return status === 206 || start === 0 ? body : body.compose(skip(start))
  }

  async write(file: string, from: string, sent: (bytes: number) => void = () => {}): Promise<void> {
    const { size } = await stat(from)
    await this.#server.retried(`Writing ${file} to ${this.location}`, async () => {
      const { body } = await this.#server.stream('PUT', this.#route(file), {
        headers: { 'content-length': String(size), 'content-type': 'application/octet-stream' },
        body: createReadStream(from),
      })
      await body.resume().toArray()
    })
    sent(size)
  }

  /** Whether the file exists: MLflow answers 500, not 404, if it is missing in its S3. */
  async #has(file: string): Promise<boolean> {
    const { dir, base } = path.posix.parse(file)
    return (await this.#entries(dir)).some((entry) => !entry.is_dir && entry.path === base)
  }

  /** Files and folders directly in a folder, by the last part of their path. */
  async #entries(folder: string): Promise<readonly Entry[]> {
    const below = [this.#folder, folder].filter(Boolean).join('/')
    const { files = [] } = await this.#server.getJson<{ files?: readonly Entry[] }>(ROUTE, { path: below })
    return files
  }

  #route(file: string): string {
    const parts = [...this.#folder.split('/'), ...file.split('/')]
    return `${ROUTE}/${parts.map(encodeURIComponent).join('/')}`
  }
}

/** A file or folder in MLflow's answer. */
interface Entry {
  readonly path: string
  readonly is_dir: boolean
  /** Bytes. */
  readonly file_size?: number | string
}

/** Skips the first bytes: MLflow's proxy ignores ranges and sends the whole file. */
function skip(bytes: number): Transform {
  let left = bytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = chunk.subarray(Math.min(left, chunk.length))
      left -= chunk.length - rest.length
      done(null, rest)
    },
  })
}
