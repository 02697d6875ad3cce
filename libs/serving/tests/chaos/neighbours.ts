/**
 * Two models that share the workers of the model under test: `steady` is asked throughout, and `changing` is loaded, rolled over and
 * unloaded throughout. Whatever happens to the model under test must cost them nothing.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { writeVersion } from '../fixtures/labels/versions.ts'

const STEADY = 'STEADY-1'
const CHANGING = ['CHANGING-1', 'CHANGING-2'] as const
const STEADY_INTERVAL_MS = 50
const CHANGE_INTERVAL_MS = 100

/** What to load at start. */
export const STEADY_AT_START = `steady=${STEADY}`

export function writeNeighbours(repository: string): void {
  writeVersion(repository, 'steady', STEADY, { label: STEADY })
  for (const version of CHANGING) writeVersion(repository, 'changing', version, { label: version })
}

interface Reply {
  readonly status: number
  readonly code: string | undefined
  readonly label: string | undefined
}

export class Neighbours {
  /** Answers of `steady` that were right, and rounds of `changing` in which all answers were. */
  steady = 0
  rollovers = 0
  /** Everything else, by model and `<status> <code>`; a connection that ended without an answer is `broken`. */
  readonly harm: Record<string, number> = {}
  /** Whether `changing` is loaded and unloaded; otherwise it is left alone. */
  readonly changes: boolean
  readonly #url: string
  readonly #loops: Promise<unknown>
  #isOver = false
  /** Calls of `steady`. */
  #asked = 0
  #answered = 0

  constructor(url: string, changes: boolean) {
    this.#url = url
    this.changes = changes
    this.#loops = Promise.all([this.#askSteady(), ...(changes ? [this.#change()] : [])])
  }

  /** Resolves when what `steady` has been asked until now, and once more, is answered. */
  async answered(): Promise<void> {
    for (const asked = this.#asked + 1; this.#answered < asked && !this.#isOver; ) await pause(STEADY_INTERVAL_MS)
  }

  /** Resolves when everything that was asked has been answered. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#loops
  }

  async #askSteady(): Promise<void> {
    for (; !this.#isOver; await pause(STEADY_INTERVAL_MS)) {
      this.#asked += 1
      if (this.#isRight('steady', await this.#ask('steady'), STEADY)) this.steady += 1
      this.#answered += 1
    }
  }

  async #change(): Promise<void> {
    for (; !this.#isOver; await pause(CHANGE_INTERVAL_MS)) {
      const [first, second] = CHANGING
      if (!(await this.#rollOut(first, undefined)) || !(await this.#rollOut(second, first))) continue
      if (await this.#unload(second)) this.rollovers += 1
    }
  }

  /** Loads a version, makes it the default, and unloads the one before while the model is asked. A load that failed is tried again. */
  async #rollOut(next: string, before: string | undefined): Promise<boolean> {
    for (; !(await this.#control('POST', `versions/${next}/load`)); await pause(CHANGE_INTERVAL_MS))
      if (this.#isOver) return false
    await this.#control('PUT', 'default', { version: next })
    const asked = this.#ask('changing')
    if (before !== undefined) await this.#unload(before)
    return this.#isRight('changing', await asked, next)
  }

  #unload(version: string): Promise<boolean> {
    return this.#control('POST', `versions/${version}/unload`)
  }

  #ask(model: string): Promise<Reply> {
    return this.#call('POST', `/v1/model/${model}/predict`, { inputs: [{ content: 'x' }] })
  }

  async #control(method: string, route: string, body?: object): Promise<boolean> {
    const reply = await this.#call(method, `/v1/repository/changing/${route}`, body)
    if (reply.status !== 200) this.#count('changing', reply)
    return reply.status === 200
  }

  async #call(method: string, route: string, body?: object): Promise<Reply> {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    try {
      const response = await fetch(this.#url + route, { method, ...content })
      const { code, outputs } = (await response.json()) as { code?: string; outputs?: { label: string }[] }
      return { status: response.status, code, label: outputs?.[0]?.label }
    } catch {
      return { status: 0, code: 'broken', label: undefined }
    }
  }

  #isRight(model: string, reply: Reply, label: string): boolean {
    const isRight = reply.status === 200 && reply.label === label
    if (!isRight) this.#count(model, reply)
    return isRight
  }

  #count(model: string, { status, code, label }: Reply): void {
    const what = status === 0 ? `${model}: broken` : `${model}: ${status} ${code ?? `answered by ${label}`}`
    this.harm[what] = (this.harm[what] ?? 0) + 1
  }
}
