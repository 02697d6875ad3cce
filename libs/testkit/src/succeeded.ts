/** The results of items that must not fail. */
import type { ItemOutput, ItemResult } from '@servery/serving'

/** @throws Error with code and detail of the first item that failed */
export function succeeded<Output>(results: readonly ItemResult<Output>[]): ItemOutput<Output>[] {
  return results.map((result) => {
    if ('error' in result) throw new Error(`${result.error.code}: ${result.error.detail}`)
    return result
  })
}
