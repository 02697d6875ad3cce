/** The syntax of the names of versions, models and image tags. */
import { ServeryError } from '@servery/core'
import type { ModelVersion } from './model-registry.ts'

const MODEL_ID = '[A-Za-z][A-Za-z0-9-]*'

/** A version by its number, or by an alias that the registry resolves. */
export type Reference =
  | { readonly modelId: string; readonly number: number; readonly alias?: never }
  | { readonly modelId: string; readonly number?: never; readonly alias: string }

/** Reads `<MODEL-ID>-<n>`, `models:/<MODEL-ID>/<n>` and `models:/<MODEL-ID>@<alias>`. @throws ServeryError `CONFIG_INVALID` */
export function parseReference(reference: string): Reference {
  const [, named, digits] =
    reference.match(`^(${MODEL_ID})-([1-9]\\d*)$`) ?? reference.match(`^models:/(${MODEL_ID})/([1-9]\\d*)$`) ?? []
  if (named !== undefined) return { modelId: named, number: Number(digits) }
  const [, modelId, alias] = reference.match(`^models:/(${MODEL_ID})@([A-Za-z0-9._-]+)$`) ?? []
  if (modelId !== undefined && alias !== undefined) return { modelId, alias }
  throw configInvalid(
    `'${reference}' is not a model version; it is written <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1. ` +
      'SERVERY_MODEL_REFERENCE also takes models:/<MODEL-ID>/<n> and models:/<MODEL-ID>@<alias>.',
  )
}

export function modelVersion(modelId: string, number: number): ModelVersion {
  return { modelId, number, name: `${modelId}-${number}` }
}

/** `CONFIG_INVALID`, naming the versions that exist. */
export function unknownVersion(modelId: string, number: number, known: readonly number[]): ServeryError {
  const names = known.map((one) => modelVersion(modelId, one).name)
  const existing = names.length > 0 ? `it has ${names.join(', ')}` : `it has no model ${modelId}`
  return configInvalid(`The registry has no version ${modelVersion(modelId, number).name}; ${existing}.`)
}

/** Fails if the version has another number than the expected one. @throws ServeryError `CONFIG_INVALID` */
export function checkExpectedNumber(version: ModelVersion, isKnown: boolean, expected: number | undefined): void {
  if (expected === undefined || expected === version.number) return
  throw configInvalid(
    `${isKnown ? 'This content is registered as' : 'The next version is'} ${version.name}, not ${version.modelId}-${expected}; nothing was written.`,
  )
}

/** Checked strictly, because names become folders. @throws ServeryError `CONFIG_INVALID` */
export function checkedModelId(modelId: string): string {
  if (new RegExp(`^${MODEL_ID}$`).test(modelId)) return modelId
  throw configInvalid(`'${modelId}' is not a model ID: use letters, digits and -, for example KEYWORDS-COMPILED.`)
}

/** Source: the grammar of an image tag, https://pkg.go.dev/github.com/distribution/reference#pkg-overview */
export function checkedImageTag(imageTag: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(imageTag)) return imageTag
  throw configInvalid(
    `IMAGE_TAG='${imageTag}' is not an image tag: use letters, digits and _ . -, at most 128 characters.`,
  )
}

export function configInvalid(sentence: string): ServeryError {
  return new ServeryError('CONFIG_INVALID', sentence)
}
