/** Carries the S3 client's requests over undici, so that proxies, certificates and time limits are those of our own. */
import type { Readable } from 'node:stream'
import { errorReason, type HttpClient, type HttpMethod, isTransient, RetryableError } from '@servery/http-client'

/** What the S3 client asks for, as far as it is used here. Source: HttpRequest of @smithy/types */
interface Wanted {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly method: HttpMethod
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array | Readable
}

/** For `requestHandler` of an S3Client. */
export function s3RequestHandler(http: HttpClient) {
  return {
    async handle(wanted: Wanted, options: { readonly abortSignal?: AbortSignal } = {}) {
      const { statusCode, headers, body } = await http
        .request(addressOf(wanted), {
          method: wanted.method,
          headers: wanted.headers,
          body: wanted.body ?? null,
          signal: options.abortSignal ?? null,
        })
        .catch((error: unknown) => {
          // The S3 client passes on the message of an error, not always its code.
          throw isTransient(error) ? new RetryableError(errorReason(error)) : error
        })
      const flat = Object.entries(headers).map(([name, value]) => [name, String(value)])
      return { response: { statusCode, headers: Object.fromEntries(flat) as Record<string, string>, body } }
    },
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
  }
}

function addressOf({ protocol, hostname, port, path, query = {} }: Wanted): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${escaped(name)}=${escaped(one ?? '')}`),
  )
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
}

/** RFC 3986, as the signature counts it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
