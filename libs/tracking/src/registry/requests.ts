/** Requests to a registry and its artifact stores: retries, and error messages for users. */
import { ServeryError } from '@servery/core'
import { errorReason, isTlsError, isTransient, withRetries } from '@servery/http-client'

/**
 * Runs `attempt` and retries it after transient errors, at most `maxRetries` times.
 *
 * @param what the beginning of the error message, for example `Reading model.onnx of s3://bucket/folder`
 * @throws ServeryError `UPSTREAM_FAILED` if there is no secure connection or no retry is left; other errors unchanged
 */
export async function requestWithRetries<T>(what: string, maxRetries: number, attempt: () => Promise<T>): Promise<T> {
  try {
    return await withRetries(attempt, { maxRetries })
  } catch (error) {
    if (isTlsError(error)) throw insecure(what, error)
    if (isTransient(error)) throw unreachable(what, error, maxRetries + 1)
    throw error
  }
}

function insecure(what: string, error: unknown): ServeryError {
  return new ServeryError(
    'UPSTREAM_FAILED',
    `${what} failed: no secure connection, ${errorReason(error)}. Set MLFLOW_TRACKING_SERVER_CERT_PATH, or AWS_CA_BUNDLE for S3, to the PEM file of the certificates to trust.`,
    { cause: error },
  )
}

function unreachable(what: string, error: unknown, attempts: number): ServeryError {
  return new ServeryError(
    'UPSTREAM_FAILED',
    `${what} failed ${attempts === 1 ? 'once' : `${attempts} times`}: ${errorReason(error)}. Is the server running, and is the address right?`,
    { cause: error },
  )
}
