/** The S3 client of the AWS SDK over our HTTP client, and messages for its errors. */
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3'
import { ServeryError } from '@servery/core'
import { type HttpClient, isRetryableStatus, RetryableError } from '@servery/http-client'
import { FileNotFound } from './artifact-store.ts'
import { s3RequestHandler } from './s3-request-handler.ts'

export interface S3Settings {
  readonly http: HttpClient
  readonly maxRetries: number
  /** Empty means the credentials that the SDK finds itself. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of a temporary key. */
  readonly sessionToken: string
  /** Empty means what the SDK finds itself. */
  readonly endpoint: string
  /** Empty means what the SDK finds itself. */
  readonly region: string
  /** Whether the bucket is in the path, not in the host name. */
  readonly pathStyle: boolean
}

// The SDK warns that a later release will need a newer Node, which does not matter for the pinned version.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

export function createS3Client({ http, endpoint, region, pathStyle, ...key }: S3Settings): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const config: S3ClientConfig = {
    ...(accessKeyId && { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } }),
    requestHandler: s3RequestHandler(http),
    maxAttempts: 1, // we retry ourselves
    forcePathStyle: pathStyle,
    expectContinueHeader: false, // undici does not support 100-continue; parts are small enough to be sent at once
    // The signature already covers the SHA-256 of each body, and many servers other than AWS support no other checksum.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint }),
    ...(region && { region }),
  }
  return new S3Client(config)
}

/** Translates an error of the client to `FileNotFound`, `RetryableError` or `ServeryError`; connection errors stay unchanged. */
export function translateS3Error(error: unknown, location: string, bucket: string): unknown {
  const fail = (sentence: string) => new ServeryError('UPSTREAM_FAILED', sentence, { cause: error })
  const { name, message } = error as Error
  if (name === 'CredentialsProviderError')
    return fail(`No credentials for ${location}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`)
  if (message === 'Region is missing')
    return fail(`No region for ${location}: set AWS_REGION, or MLFLOW_S3_ENDPOINT_URL for a server other than AWS.`)
  if (!(error instanceof S3ServiceException)) return error
  const status = error.$metadata.httpStatusCode ?? 0
  if (name === 'NoSuchKey' || name === 'NotFound') return new FileNotFound(message)
  if (name === 'NoSuchBucket') return fail(`${location}: there is no bucket ${bucket} at this S3 server.`)
  if (status === 401 || status === 403)
    return fail(
      `${location}: S3 refuses access (${name}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the rights on the bucket.`,
    )
  if (isRetryableStatus(status)) return new RetryableError(`S3 answered ${status} ${name}`, { status })
  return fail(`${location}: S3 answered ${status} ${name}: ${message}`)
}
