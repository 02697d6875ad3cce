/** One request with the answer that it must get, and what came back for it. */

export interface Exchange {
  readonly method: 'GET' | 'POST'
  /** As requested, without the host. */
  readonly path: string
  /** JSON; absent with GET. */
  readonly body?: string
  /** The answer that it must get, parsed; absent for texts of the corpus, which have no recorded answer. */
  readonly expected?: unknown
}

/** A whole answer, or why there was none: the same words for the same cause. */
export type Outcome = { readonly status: number; readonly body: string } | { readonly error: string }

/** `{METHOD}_{path}`, the name of an endpoint in results. */
export function endpointId({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method}_${path}`
}
