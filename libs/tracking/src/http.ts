/** One way to speak HTTP for MLflow and S3: proxies, own certificates, time limits, and what may be tried again. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { isServeryError, ServeryError } from '@servery/core'
import { keepParsersGoing } from '@servery/http-client'
import { type Dispatcher, EnvHttpProxyAgent } from 'undici'

export interface ConnectionSettings {
  /** PEM file of certificates to trust in place of the system's; empty means the system's. */
  readonly caFile: string
  readonly insecureTls: boolean
  /** Longest silence of the other side, in milliseconds. */
  readonly timeoutMs: number
}

/** Connections that go through the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. @throws ServeryError `CONFIG_INVALID` */
export function createDispatcher({ caFile, insecureTls, timeoutMs }: ConnectionSettings): Dispatcher {
  keepParsersGoing()
  const tls = { ...(caFile && { ca: readCertificates(caFile) }), ...(insecureTls && { rejectUnauthorized: false }) }
  return new EnvHttpProxyAgent({
    connect: { ...tls, timeout: timeoutMs },
    requestTls: tls,
    proxyTls: tls,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    proxyTunnel: false, // many proxies allow CONNECT for TLS alone
  })
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ServeryError('CONFIG_INVALID', `The certificate file ${file} cannot be read.`, { cause: error })
  }
}

/** An answer that asks for another attempt, or a connection that broke. */
export class TryAgain extends Error {
  /** HTTP status, undefined when there was no answer. */
  readonly status: number | undefined
  /** Milliseconds that the other side asks to wait. */
  readonly waitMs: number

  constructor(message: string, { status, retryAfter }: { status?: number; retryAfter?: string | undefined } = {}) {
    super(message)
    this.status = status
    this.waitMs = Math.min(Number(retryAfter) * 1e3 || 0, MAX_WAIT_MS)
  }
}

/** 429 and every 5xx but 501, which never gets better. */
export function isRetriedStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 20_000

/**
 * Runs `attempt` until it succeeds, at most `maxRetries` times more, after waits that double and vary at random.
 * Only broken connections and `TryAgain` are tried again.
 *
 * @throws ServeryError its own at once; `UPSTREAM_FAILED` with `what` when the attempts are used up
 */
export async function withRetries<T>(what: string, maxRetries: number, attempt: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt()
    } catch (error) {
      if (isOfTls(error)) throw distrusted(what, error)
      if (!isTransient(error)) throw error
      if (retries >= maxRetries) throw unreachable(what, error, retries + 1)
      const longest = Math.min(FIRST_WAIT_MS * 2 ** retries, MAX_WAIT_MS)
      const asked = error instanceof TryAgain ? error.waitMs : 0
      await pause(Math.max(asked, longest * (0.5 + Math.random() / 2)))
    }
  }
}

export function unreachable(what: string, error: unknown, attempts: number): ServeryError {
  const reason = reasonOf(error)
  return new ServeryError(
    'UPSTREAM_FAILED',
    `${what} failed ${attempts === 1 ? 'once' : `${attempts} times`}: ${reason}. Is the server up and the address right?`,
    { cause: error },
  )
}

/** A certificate that is not trusted stays so: no other attempt helps. Codes: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isOfTls(error: unknown): boolean {
  return !isServeryError(error) && chain(error).some(({ code }) => /^ERR_(TLS|SSL)_|CERT|_ISSUER/.test(String(code)))
}

function distrusted(what: string, error: unknown): ServeryError {
  return new ServeryError(
    'UPSTREAM_FAILED',
    `${what} failed: no secure connection, ${reasonOf(error)}. The certificates to trust stand in the file that MLFLOW_TRACKING_SERVER_CERT_PATH names, for S3 AWS_CA_BUNDLE.`,
    { cause: error },
  )
}

export function isTransient(error: unknown): boolean {
  if (isServeryError(error)) return false
  if (error instanceof TryAgain) return true
  const codes = chain(error).map((one) => one.code ?? one.name ?? '')
  return codes.some((code) => TRANSIENT.has(code))
}

const TRANSIENT = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'TimeoutError',
])

type Linked = { code?: string; name?: string; message?: string; cause?: unknown; errors?: unknown[] }

/** An error, its causes, and what it bundles. */
function chain(error: unknown): Linked[] {
  if (typeof error !== 'object' || error === null) return []
  const linked = error as Linked
  return [linked, ...chain(linked.cause), ...(linked.errors ?? []).flatMap(chain)]
}

export function reasonOf(error: unknown): string {
  const links = chain(error)
  const message = links.map((link) => link.message).find(Boolean) ?? String(error)
  const code = links.map((link) => link.code).find((one) => typeof one === 'string')
  return code && !message.includes(code) ? `${message} (${code})` : message
}
