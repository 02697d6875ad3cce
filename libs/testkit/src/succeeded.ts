/** The results of items that must not fail. */
import { ServeryError } from '@servery/core'
import type { ItemOutput, ItemResult } from '@servery/serving'

/** @throws ServeryError of the first item that failed */
export function succeeded<Output>(results: readonly ItemResult<Output>[]): ItemOutput<Output>[] {
  return results.map((result) => {
    if ('error' in result) throw new ServeryError(result.error.code, result.error.detail)
    return result
  })
}
