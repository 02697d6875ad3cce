/** Calls one model of a server over the native protocol. */

export interface Reply {
  readonly status: number
  /** Parsed; an empty object for an answer that is not JSON. */
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

export interface ModelClient {
  /** @param body JSON text as it is, anything else is made JSON */
  post(operation: string, body: unknown): Promise<Reply>
  predict(body: unknown): Promise<Reply>
  get(route: string): Promise<Reply>
}

/** @param url asked at every call: a server may start later than its tests are described @param model its name */
export function modelClient(url: () => string, model: string): ModelClient {
  const call = async (route: string, init?: RequestInit): Promise<Reply> => {
    const response = await fetch(`${url()}${route}`, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, body: isJson ? JSON.parse(text) : {}, headers: response.headers }
  }
  const post = (operation: string, body: unknown) =>
    call(`/v1/model/${model}/${operation}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  return { post, predict: (body) => post('predict', body), get: (route) => call(route) }
}
