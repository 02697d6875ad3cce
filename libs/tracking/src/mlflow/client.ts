/** Client of MLflow's REST API: authentication, retries, error messages. Source: https://mlflow.org/docs/latest/rest-api.html */
import type { Readable } from 'node:stream'
import { ServeryError } from '@servery/core'
import { type HttpClient, isRetryableStatus, RetryableError } from '@servery/http-client'
import { requestWithRetries } from '../registry/requests.ts'

/** Prefix of the routes of experiments, runs and model versions. */
export const API = '/api/2.0/mlflow'

export interface MlflowSettings {
  readonly uri: string
  readonly username: string
  readonly password: string
  /** Bearer token, sent if user name or password is empty. */
  readonly token: string
  readonly http: HttpClient
  readonly maxRetries: number
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readable | string
  readonly allow404?: boolean
}

/** A response of MLflow with an error status; `mlflowCode` is its `error_code`, for example `RESOURCE_DOES_NOT_EXIST`. */
export class MlflowError extends ServeryError {
  readonly status: number
  readonly mlflowCode: string

  constructor(sentence: string, status: number, mlflowCode: string) {
    super('UPSTREAM_FAILED', sentence)
    this.status = status
    this.mlflowCode = mlflowCode
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof MlflowError && error.mlflowCode === 'RESOURCE_DOES_NOT_EXIST'
}

/** For `.catch`: undefined if the resource to create exists already. */
export function undefinedIfExists(error: unknown): undefined {
  if (!(error instanceof MlflowError) || error.mlflowCode !== 'RESOURCE_ALREADY_EXISTS') throw error
}

export class MlflowClient {
  readonly uri: string
  readonly #settings: MlflowSettings
  readonly #authorization: Record<string, string>

  constructor(settings: MlflowSettings) {
    this.uri = settings.uri.replace(/\/+$/, '')
    this.#settings = settings
    this.#authorization = authorization(settings)
  }

  getJson<T>(route: string, query: Readonly<Record<string, string>>): Promise<T> {
    return this.retried(`GET ${route}`, () => this.#json<T>('GET', route, { query }))
  }

  /** @param maxRetries 0 for requests that must not be repeated: then a broken connection is an error at once */
  postJson<T>(
    route: string,
    content: unknown,
    { method = 'POST', maxRetries = this.#settings.maxRetries }: { method?: Method; maxRetries?: number } = {},
  ): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const attempt = () => this.#json<T>(method, route, { headers, body: JSON.stringify(content) })
    return this.retried(`${method} ${route}`, attempt, maxRetries)
  }

  /** With retries: deleting a resource twice does no harm. */
  async deleteJson(route: string, content: unknown): Promise<void> {
    await this.postJson(route, content, { method: 'DELETE' })
  }

  /** @param what the beginning of the error message */
  retried<T>(what: string, attempt: () => Promise<T>, maxRetries = this.#settings.maxRetries): Promise<T> {
    return requestWithRetries(`${what} at ${this.uri}`, maxRetries, attempt)
  }

  /** One attempt; the caller must read the body. @throws MlflowError, RetryableError */
  async stream(
    method: Method,
    route: string,
    options: StreamOptions = {},
  ): Promise<{ status: number; body: Readable }> {
    const { statusCode, headers, body } = await this.#settings.http.request(this.uri + route, {
      method,
      headers: { ...this.#authorization, ...options.headers },
      query: { ...options.query },
      body: options.body ?? null,
    })
    if (statusCode < 300 || (statusCode === 404 && options.allow404)) return { status: statusCode, body }
    const detail = parseDetail(await body.text())
    if (isRetryableStatus(statusCode)) {
      const retryAfter = headers['retry-after']?.toString()
      const message = `the server answered ${statusCode} ${detail.message}`
      throw new RetryableError(message, { status: statusCode, retryAfter })
    }
    throw this.#refusal(statusCode, `${method} ${route}`, detail)
  }

  async #json<T>(method: Method, route: string, options: StreamOptions): Promise<T> {
    const { body } = await this.stream(method, route, options)
    const text = Buffer.concat(await body.toArray()).toString()
    try {
      return JSON.parse(text) as T
    } catch {
      throw new ServeryError(
        'CONFIG_INVALID',
        `${this.uri} does not answer as an MLflow server does (the answer to ${route} is not JSON): check MLFLOW_TRACKING_URI.`,
      )
    }
  }

  #refusal(status: number, what: string, { code, message }: Detail): MlflowError {
    const sentence = {
      401: `${this.uri} requires valid credentials (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.`,
      403: `${this.uri} does not allow ${what} to this user (403 ${message}): ask its owner for the permission.`,
      404: `${this.uri} has nothing at ${what} (404 ${message}): check MLFLOW_TRACKING_URI and the name of the model.`,
    }[status]
    return new MlflowError(sentence ?? `${what} at ${this.uri} was refused with ${status}: ${message}`, status, code)
  }
}

interface Detail {
  readonly code: string
  readonly message: string
}

/** Error of MLflow's JSON, or of the text of a proxy in front of it. */
function parseDetail(text: string): Detail {
  try {
    const { error_code, message } = JSON.parse(text) as { error_code?: string; message?: string }
    return { code: error_code ?? '', message: (message ?? '').slice(0, 300) }
  } catch {
    const message = text.replace(/<[^>]*>|\s+/g, ' ').trim()
    return { code: '', message: message.slice(0, 200) }
  }
}

/** As in MLflow's own client, user name and password take precedence over a token. */
function authorization({ username, password, token }: MlflowSettings): Record<string, string> {
  if (username && password)
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  return token ? { authorization: `Bearer ${token}` } : {}
}
