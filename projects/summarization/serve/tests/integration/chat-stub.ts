/** A chat endpoint that says what it is told to. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ChatRequest {
  readonly url: string | undefined
  readonly authorization: string | undefined
  readonly body: {
    readonly messages: readonly { readonly role: string; readonly content: string }[]
    readonly [field: string]: unknown
  }
}

export interface ChatStub {
  readonly url: string
  readonly requests: ChatRequest[]
  /** Status and body of the next answers. */
  answer: { status: number; body: string }
  stop(): Promise<void>
}

/** A chat completion as OpenAI's API words it. */
export function completion(content: unknown): string {
  return JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content } }] })
}

export async function startChatStub(): Promise<ChatStub> {
  const requests: ChatRequest[] = []
  const server = http.createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    requests.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(text) })
    response.writeHead(stub.answer.status, { 'content-type': 'application/json' }).end(stub.answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stub: ChatStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    answer: { status: 200, body: completion('A summary.') },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return stub
}
