/** Runs a definition on a batch so that what leaves is one checked result per item, whatever the model did. */
import { isServeryError } from '@servery/core'
import type { Validator } from 'typebox/compile'
import type { Item, ItemResult, ModelDefinition } from './model.ts'

/**
 * One result per item, in order. A batch that throws is run again item by item, so that a bad item fails alone; an
 * output that its own schema refuses (NaN and Infinity included) becomes `INFERENCE_FAILED`.
 */
export async function predictChecked(
  definition: ModelDefinition,
  loaded: unknown,
  items: readonly Item[],
  output: Validator,
  signal: AbortSignal,
): Promise<ItemResult[]> {
  try {
    const results = await definition.predict(items as Item<never, never>[], loaded, signal)
    if (results.length !== items.length) {
      throw new Error(`The model answered ${results.length} results for ${items.length} items.`)
    }
    return results.map((result) => checked(result, output))
  } catch (error) {
    if (items.length === 1 || signal.aborted) return items.map(() => failed(error))
    const alone: ItemResult[] = []
    for (const item of items) alone.push(...(await predictChecked(definition, loaded, [item], output, signal)))
    return alone
  }
}

function checked(result: ItemResult, output: Validator): ItemResult {
  if ('error' in result || output.Check(result.output)) return result
  return { error: { code: 'INFERENCE_FAILED', detail: 'The model answered something that its own schema refuses.' } }
}

/** The sentence of an error of ours; of any other only that it happened, because messages may quote the text of a request. */
function failed(error: unknown): ItemResult {
  return isServeryError(error)
    ? { error: { code: error.code, detail: error.message } }
    : {
        error: {
          code: 'INFERENCE_FAILED',
          detail: `The model failed on this item (${error instanceof Error ? error.name : typeof error}).`,
        },
      }
}
