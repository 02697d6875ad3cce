/** A request with its expected answer, and the outcome of sending it. */

export interface Exchange {
  readonly method: 'GET' | 'POST'
  /** Without the host. */
  readonly path: string
  /** JSON; absent with GET. */
  readonly body?: string
  /** The expected answer, parsed; absent for texts of the corpus, which have no recorded answer. */
  readonly expected?: unknown
}

/** A complete answer, or why there was none, with the same words for the same cause. */
export type Outcome = { readonly status: number; readonly body: string } | { readonly error: string }

/** `{METHOD}_{path}`, the name of an endpoint in results. */
export function endpointId({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method}_${path}`
}
