/**
 * A closed loop on autocannon: each connection sends its next request as soon as it has an answer. Rates and histograms of autocannon are not used.
 *
 * Each connection is a separate run of autocannon. It ends with the last answer, so that a server which hangs is counted, or
 * with the first error, because autocannon keeps the lost request and would match later answers with it.
 */
import autocannon from 'autocannon'
import type { Exchange, Outcome } from '../workload/exchange.ts'
import type { ClosedLoop } from '../workload/user-groups.ts'
import { connectionError, NO_ANSWER, noAnswerWithin } from './errors.ts'
import { type GeneratorContext, isOver, startTime, waitUntil } from './load-generator.ts'

/** Pause after an error: a refused connection fails at once, and without a pause thousands of errors per second would be counted. */
const RECONNECT_MS = 100
/** Resolution of timers, in milliseconds. */
const TIMER_ERROR_MS = 2
/** In seconds; close to the longest timer of Node. */
const FOREVER = 2_000_000

export async function closedLoop({ connections }: ClosedLoop, context: GeneratorContext): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, (_, index) => keepBusy(startTime(context, index, connections), context)),
  )
}

async function keepBusy(startsAt: number, context: GeneratorContext): Promise<void> {
  await waitUntil(startsAt, context)
  while (!isOver(context)) {
    const isBroken = await new Connection(context).ended
    if (isBroken) await waitUntil(performance.now() + RECONNECT_MS, context)
  }
}

/** Members of autocannon's client that its published type lacks. */
interface Client {
  on(event: 'request', listener: () => void): this
  on(event: 'connError', listener: (error: Error) => void): this
  on(event: 'headers', listener: (headers: { shouldKeepAlive: boolean }) => void): this
  on(event: 'response', listener: (status: number, bytes: number, milliseconds: number) => void): this
  destroy(): void
  readonly pipelinedRequests: { addBody(data: Buffer): void; peek(): { body: string } | undefined }
}

class Connection {
  /** Resolves with true after an error; with false when the run is over or the server announced that it closes the connection. */
  readonly ended: Promise<boolean>
  readonly #context: GeneratorContext
  readonly #run: autocannon.Instance
  #resolve!: (isBroken: boolean) => void
  #client!: Client
  #exchange!: Exchange
  #answer!: Outcome
  /** undefined while nothing is outstanding */
  #sentAt: number | undefined
  #isLast = false

  constructor(context: GeneratorContext) {
    this.#context = context
    let refuse: (error: Error) => void
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      refuse = reject
    })
    this.#run = autocannon(
      {
        url: context.url,
        connections: 1,
        timeout: context.timeoutMs / 1_000,
        duration: FOREVER,
        setupClient: (client) => this.#follow(client as unknown as Client),
        requests: [
          {
            setupRequest: (request) => this.#nextRequest(request),
            onResponse: (status, body) => {
              this.#answer = { status, body: Buffer.from(body, 'latin1').toString() }
            },
          },
        ],
      },
      (error: Error | null) => error && refuse(error),
    )
    context.signal.addEventListener('abort', this.#abort)
  }

  #follow(client: Client): void {
    this.#client = client
    keepBytes(client)
    client.on('request', () => this.#sent())
    client.on('connError', (error) => this.#fail(connectionError(error)))
    client.on('headers', ({ shouldKeepAlive }) => {
      this.#isLast = !shouldKeepAlive
    })
    client.on('response', (_status, _bytes, milliseconds) => this.#answered(milliseconds))
  }

  #nextRequest(request: autocannon.Request): autocannon.Request {
    this.#exchange = this.#context.nextExchange()
    const { method, path, body } = this.#exchange
    const content = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }
    return { ...request, method, path, ...content } as autocannon.Request
  }

  /** If another request is still outstanding, autocannon has silently reconnected, after a timeout or because the server closed the connection. */
  #sent(): void {
    const { timeoutMs } = this.#context
    const now = performance.now()
    if (this.#sentAt === undefined) this.#sentAt = now
    else this.#fail(now - this.#sentAt >= timeoutMs - TIMER_ERROR_MS ? noAnswerWithin(timeoutMs) : NO_ANSWER)
  }

  #answered(milliseconds: number): void {
    if (this.#sentAt === undefined) return
    this.#record(milliseconds, this.#answer)
    if (this.#isLast || isOver(this.#context)) this.#end(false)
  }

  #fail(error: string): void {
    if (this.#sentAt === undefined) return
    this.#record(performance.now() - this.#sentAt, { error })
    this.#end(true)
  }

  #record(latencyMs: number, outcome: Outcome): void {
    this.#context.record(this.#exchange, this.#sentAt as number, latencyMs, outcome)
    this.#sentAt = undefined
  }

  readonly #abort = () => this.#end(false)

  #end(isBroken: boolean): void {
    this.#sentAt = undefined
    this.#context.signal.removeEventListener('abort', this.#abort)
    this.#client.destroy()
    this.#run.stop()
    this.#resolve(isBroken)
  }
}

/** autocannon decodes every chunk separately, which breaks a character split between two chunks; Latin-1 keeps the bytes. */
function keepBytes({ pipelinedRequests }: Client): void {
  pipelinedRequests.addBody = (data) => {
    const pending = pipelinedRequests.peek()
    if (pending !== undefined) pending.body += data.toString('latin1')
  }
}
