/** The argument of a model's `load`. */
import { artifactsDirectory } from '@servery/model-version'
import type { Artifacts, ModelInstance } from '../model/model.ts'

export function artifactsOf(instance: Omit<ModelInstance, 'definition' | 'checkContent'>): Omit<Artifacts, 'onUnload'> {
  const { name, version, directory, card, settings } = instance
  return { name, version, card, settings, directory: directory === '' ? '' : artifactsDirectory(directory) }
}
