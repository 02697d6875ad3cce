/** An artifact folder in S3 or a server that speaks its protocol. */
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { ServeryError } from '@servery/core'
import { type HttpClient, isRetryableStatus, RetryableError } from '@servery/http-client'
import { requestWithRetries } from '../registry/requests.ts'
import { type ArtifactStore, FileGone, type StoredFile } from './artifact-store.ts'
import { inParallel } from './parallel.ts'
import { s3RequestHandler } from './s3-request-handler.ts'

export interface S3Settings {
  readonly http: HttpClient
  readonly maxRetries: number
  /** Empty means the credentials that the SDK finds by itself. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of a temporary key. */
  readonly sessionToken: string
  /** Empty means what the SDK finds by itself. */
  readonly endpoint: string
  /** Empty means what the SDK finds by itself. */
  readonly region: string
  /** Bucket in the path, not in the host name. */
  readonly pathStyle: boolean
}

/** S3 takes parts of 5 MiB to 5 GiB, at most 10,000 a file. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_BYTES = 8 * 1024 * 1024
const MAX_PARTS = 10_000
/** Parts in flight, held in memory each. */
const PARALLEL = 4

export class S3Store implements ArtifactStore {
  readonly location: string
  readonly parallel = PARALLEL
  readonly #client: S3Client
  readonly #bucket: string
  /** Ends with a slash, or is empty. */
  readonly #prefix: string
  readonly #maxRetries: number

  /** @param location `s3://<bucket>/<key>` */
  constructor(location: string, settings: S3Settings) {
    const [, bucket, key] = location.match(/^s3:\/\/([^/]+)\/?(.*)$/) ?? []
    if (bucket === undefined) throw new ServeryError('CONFIG_INVALID', `'${location}' names no bucket.`)
    this.location = location
    this.#bucket = bucket
    this.#prefix = key ? `${key.replace(/\/+$/, '')}/` : ''
    this.#client = new S3Client(clientConfig(settings))
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
    // An empty file has no byte that a range could name.
    const range = end > start ? { Range: `bytes=${start}-${end - 1}` } : {}
    const { Body } = await this.#one(() =>
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
      // Each part in a buffer of its own would be more memory than the collector gives back in time.
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
      // Parts of an open upload cost money and are seen by nobody; when this fails too, the bucket's own rule removes them.
      await send(new AbortMultipartUploadCommand(upload)).catch(() => {})
      throw error
    }
  }

  #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    return requestWithRetries(`${what} in ${this.location}`, this.#maxRetries, () => this.#one(attempt))
  }

  async #one<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt()
    } catch (error) {
      throw this.#inWords(error)
    }
  }

  #inWords(error: unknown): unknown {
    if ((error as Error).name === 'CredentialsProviderError')
      return refused(`No credentials for ${this.location}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`, error)
    if ((error as Error).message === 'Region is missing')
      return refused(
        `No region for ${this.location}: set AWS_REGION, or MLFLOW_S3_ENDPOINT_URL for a server other than AWS.`,
        error,
      )
    if (!(error instanceof S3ServiceException)) return error
    const status = error.$metadata.httpStatusCode ?? 0
    if (error.name === 'NoSuchKey' || error.name === 'NotFound') return new FileGone(error.message)
    if (error.name === 'NoSuchBucket')
      return refused(`${this.location}: there is no bucket ${this.#bucket} at this S3 server.`, error)
    if (status === 401 || status === 403)
      return refused(
        `${this.location}: S3 refuses access (${error.name}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the rights on the bucket.`,
        error,
      )
    if (isRetryableStatus(status)) return new RetryableError(`S3 answered ${status} ${error.name}`, { status })
    return refused(`${this.location}: S3 answered ${status} ${error.name}: ${error.message}`, error)
  }
}

/** Fills `part` with the bytes of a file from `start` on. */
async function readPart(handle: FileHandle, start: number, part: Buffer): Promise<Buffer> {
  for (let filled = 0; filled < part.length; ) {
    const { bytesRead } = await handle.read(part, filled, part.length - filled, start + filled)
    if (bytesRead === 0) throw refused('A file became shorter while it was sent; nothing was registered.')
    filled += bytesRead
  }
  return part
}

function refused(sentence: string, cause?: unknown): ServeryError {
  return new ServeryError('UPSTREAM_FAILED', sentence, { cause })
}

// Its warning that a later release will need a newer Node is for whoever changes the pinned version, not for users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

function clientConfig({ http, endpoint, region, pathStyle, ...key }: S3Settings): S3ClientConfig {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  return {
    ...(accessKeyId && { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }),
    requestHandler: s3RequestHandler(http),
    maxAttempts: 1, // withRetries does it
    forcePathStyle: pathStyle,
    expectContinueHeader: false, // undici has no 100-continue; parts are small enough to be sent at once
    // The signature covers the SHA-256 of each body already, and many servers other than AWS know no other checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint }),
    ...(region && { region }),
  }
}
