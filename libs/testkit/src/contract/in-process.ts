/** A model loaded in this process, without a server. */
import { artifactsDirectory } from '@servery/model-version'
import { Type, Value } from '@servery/schema'
import { type Item, itemsOf, LoadedModel, type ModelDefinition, type ModelRequest } from '@servery/serving'
import { succeeded } from '../succeeded.ts'
import type { ProjectUnderTest } from './project-under-test.ts'

export interface LoadedInProcess {
  /** One output for each input of the request. @throws ServeryError of the first input that fails */
  answer(request: ModelRequest): Promise<unknown[]>
  /** One output for each item, which may be of different requests. */
  outputs(items: readonly Item[]): Promise<unknown[]>
}

const { signal } = new AbortController()

/** @param settings of the project's own variables, over their defaults */
export async function loadInProcess(
  definition: ModelDefinition,
  { name, version, directory, card, isCodeOnly }: ProjectUnderTest,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<LoadedInProcess> {
  const defaults = Value.Default(definition.params ?? Type.Object({}), {}) as object
  const model = await LoadedModel.open(definition, {
    directory: isCodeOnly ? '' : artifactsDirectory(directory),
    name,
    version,
    card,
    settings: { device: 'cpu', ...defaults, ...settings },
  })
  const outputs = async (items: readonly Item[]): Promise<unknown[]> => {
    return succeeded(await model.predict(items, signal)).map(({ output }) => output)
  }
  return { outputs, answer: (request) => outputs(itemsOf(definition, request)) }
}
