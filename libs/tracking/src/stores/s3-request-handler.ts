/** Sends the requests of the S3 client through our HTTP client, so that its proxies, certificates and time limits apply. */
import type { Readable } from 'node:stream'
import { errorReason, type HttpClient, type HttpMethod, isTransient, RetryableError } from '@servery/http-client'

/** The fields of an S3 client's request that are used here. Source: HttpRequest of @smithy/types */
interface S3Request {
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
    async handle(request: S3Request, options: { readonly abortSignal?: AbortSignal } = {}) {
      const answer = await http
        .request(url(request), {
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          signal: options.abortSignal ?? null,
        })
        .catch((error: unknown) => {
          // The S3 client keeps the message of an error, but not always its code.
          throw isTransient(error) ? new RetryableError(errorReason(error)) : error
        })
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
      return { response: { statusCode: answer.statusCode, headers, body: answer.body } }
    },
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
  }
}

function url({ protocol, hostname, port, path, query = {} }: S3Request): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${escaped(name)}=${escaped(one ?? '')}`),
  )
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
}

/** Escapes by RFC 3986, as the signature requires. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
