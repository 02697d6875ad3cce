/** Artifacts in S3 or another server with its protocol. */
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { ServeryError } from '@servery/core'
import { requestWithRetries } from '../registry/requests.ts'
import type { ArtifactStore, StoredFile } from './artifact-store.ts'
import { inParallel } from './parallel.ts'
import { createS3Client, type S3Settings, translateS3Error } from './s3-client.ts'

/** S3 accepts parts of 5 MiB to 5 GiB, at most 10,000 per file. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_BYTES = 8 * 1024 * 1024
const MAX_PARTS = 10_000
/** Concurrent parts, each held in memory. */
const PARALLEL = 4

export class S3Store implements ArtifactStore {
  readonly location: string
  readonly parallelReads = PARALLEL
  readonly #client: S3Client
  readonly #bucket: string
  /** Ends with a slash, or is empty. */
  readonly #prefix: string
  readonly #maxRetries: number

  /** @param location `s3://<bucket>/<key>` */
  constructor(location: string, settings: S3Settings) {
    const [, bucket, key] = location.match(/^s3:\/\/([^/]+)\/?(.*)$/) ?? []
    if (bucket === undefined) throw new ServeryError('CONFIG_INVALID', `'${location}' has no bucket.`)
    this.location = location
    this.#bucket = bucket
    this.#prefix = key ? `${key.replace(/\/+$/, '')}/` : ''
    this.#client = createS3Client(settings)
    this.#maxRetries = settings.maxRetries
  }

  async list(): Promise<StoredFile[]> {
    const files: StoredFile[] = []
    let token: string | undefined
    do {
      const page = await this.#retried('Listing', () =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, ContinuationToken: token }),
        ),
      )
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        if (!Key.endsWith('/')) files.push({ path: Key.slice(this.#prefix.length), size: Size })
      }
      token = page.NextContinuationToken
    } while (token !== undefined)
    return files.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async read(file: string, start: number, end: number): Promise<Readable> {
    // A range cannot be empty.
    const range = end > start ? { Range: `bytes=${start}-${end - 1}` } : {}
    const { Body } = await this.#translated(() =>
      this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + file, ...range })),
    )
    return Body as Readable
  }

  async write(file: string, from: string, sent: (bytes: number) => void = () => {}): Promise<void> {
    const handle = await open(from)
    try {
      const { size } = await handle.stat()
      const target = { Bucket: this.#bucket, Key: this.#prefix + file }
      if (size > PART_BYTES) return await this.#writeParts(target, handle, size, sent)
      const Body = await readPart(handle, 0, Buffer.alloc(size))
      await this.#retried(`Writing ${file}`, () => this.#client.send(new PutObjectCommand({ ...target, Body })))
      sent(size)
    } finally {
      await handle.close()
    }
  }

  async #writeParts(
    target: { Bucket: string; Key: string },
    handle: FileHandle,
    size: number,
    sent: (bytes: number) => void,
  ): Promise<void> {
    const send = this.#client.send.bind(this.#client)
    const what = `Writing ${target.Key}`
    const { UploadId } = await this.#retried(what, () => send(new CreateMultipartUploadCommand(target)))
    const upload = { ...target, UploadId }
    try {
      const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS))
      const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index + 1)
      // Buffers are reused: a new one per part would need more memory than garbage collection frees in time.
      const unused: Buffer[] = []
      const Parts = await inParallel(numbers, PARALLEL, async (PartNumber) => {
        const start = (PartNumber - 1) * partBytes
        const buffer = unused.pop() ?? Buffer.alloc(partBytes)
        const Body = await readPart(handle, start, buffer.subarray(0, Math.min(partBytes, size - start)))
        const { ETag } = await this.#retried(what, () => send(new UploadPartCommand({ ...upload, PartNumber, Body })))
        unused.push(buffer)
        sent(Body.length)
        return { PartNumber, ETag }
      })
      await this.#retried(what, () =>
        send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
      )
    } catch (error) {
      // Parts of an unfinished upload cost money and are not visible; if this fails too, a lifecycle rule of the bucket can remove them.
      await send(new AbortMultipartUploadCommand(upload)).catch(() => {})
      throw error
    }
  }

  #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    return requestWithRetries(`${what} in ${this.location}`, this.#maxRetries, () => this.#translated(attempt))
  }

  async #translated<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      throw translateS3Error(error, this.location, this.#bucket)
    }
  }
}

/** Fills `part` with the bytes of a file from `start` on. */
async function readPart(handle: FileHandle, start: number, part: Buffer): Promise<Buffer> {
  for (let filled = 0; filled < part.length; ) {
    const { bytesRead } = await handle.read(part, filled, part.length - filled, start + filled)
    if (bytesRead === 0)
      throw new ServeryError('UPSTREAM_FAILED', 'A file became shorter during the upload; nothing was registered.')
    filled += bytesRead
  }
  return part
}
