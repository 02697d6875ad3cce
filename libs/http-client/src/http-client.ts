/** HTTP requests over persistent connections; proxies, certificates and time limits are set once for all of them. */
import { readFileSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { keepParsersGoing } from './paused-parser.ts'

export interface HttpClientSettings {
  /** Longest time without data from the other side, in milliseconds. */
  readonly timeoutMs: number
  /** Time limit for opening a connection, in milliseconds; default `timeoutMs`. */
  readonly connectTimeoutMs?: number
  /** Maximum number of connections to one origin, and so of concurrent requests; others wait. Default: no limit. */
  readonly connections?: number
  /** Whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY apply; default false. */
  readonly useProxies?: boolean
  /** PEM file of certificates to trust instead of the system's; empty, the default, means the system's. */
  readonly caFile?: string
  /** Whether to skip the check of certificates; default false. */
  readonly insecureTls?: boolean
}

export type HttpMethod = Dispatcher.HttpMethod
export type HttpResponse = Dispatcher.ResponseData

type RequestOptions = Pick<Dispatcher.RequestOptions, 'headers' | 'query' | 'body' | 'signal'> & {
  /** Default GET. */
  readonly method?: HttpMethod
}

export class HttpClient {
  readonly #dispatcher: Dispatcher

  /** @throws ServeryError `CONFIG_INVALID` if the certificate file cannot be read */
  constructor(settings: HttpClientSettings) {
    keepParsersGoing()
    this.#dispatcher = openDispatcher(settings)
  }

  /** One attempt. Resolves with any status as soon as the head has arrived; the caller must read or dump the body. */
  request(url: string, options: RequestOptions = {}): Promise<HttpResponse> {
    return request(url, { ...options, dispatcher: this.#dispatcher })
  }

  /** Waits for pending requests, then closes all connections. */
  close(): Promise<void> {
    return this.#dispatcher.close()
  }
}

function openDispatcher(settings: HttpClientSettings): Dispatcher {
  const { timeoutMs, connectTimeoutMs = timeoutMs, connections, useProxies, caFile, insecureTls } = settings
  const tls = { ...(caFile && { ca: readCertificates(caFile) }), ...(insecureTls && { rejectUnauthorized: false }) }
  const options = {
    connect: { ...tls, timeout: connectTimeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    ...(connections && { connections }),
  }
  if (!useProxies) return new Agent(options)
  // Many proxies allow CONNECT only for TLS.
  return new EnvHttpProxyAgent({ ...options, requestTls: tls, proxyTls: tls, proxyTunnel: false })
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ServeryError('CONFIG_INVALID', `The certificate file ${file} cannot be read.`, { cause: error })
  }
}
