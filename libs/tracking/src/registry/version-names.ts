/** How versions, models and image tags are written. */
import { ServeryError } from '@servery/core'
import type { ModelVersion } from '../open-registry.ts'

const MODEL_ID = '[A-Za-z][A-Za-z0-9-]*'

/** A number, or the name that a registry gives to one of a model's versions. */
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
  throw refused(
    `'${reference}' is not a model version; it is written <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1. ` +
      'SERVERY_MODEL_REFERENCE also takes models:/<MODEL-ID>/<n> and models:/<MODEL-ID>@<alias>.',
  )
}

export function versionOf(modelId: string, number: number): ModelVersion {
  return { modelId, number, name: `${modelId}-${number}` }
}

/** @throws ServeryError `CONFIG_INVALID` naming the versions that there are */
export function unknownVersion(modelId: string, number: number, known: readonly number[]): ServeryError {
  const names = known.map((one) => versionOf(modelId, one).name)
  const there = names.length > 0 ? `it has ${names.join(', ')}` : `it has no model ${modelId}`
  return refused(`The registry has no version ${versionOf(modelId, number).name}; ${there}.`)
}

/** Fails when the number that a push would get is not the one that was asked for. @throws ServeryError `CONFIG_INVALID` */
export function checkExpected(version: ModelVersion, isKnown: boolean, expected: number | undefined): void {
  if (expected === undefined || expected === version.number) return
  throw refused(
    `${isKnown ? 'This content is registered as' : 'The next version is'} ${version.name}, not ${version.modelId}-${expected}; nothing was written.`,
  )
}

/** Names become folders: nothing else may pass. @throws ServeryError `CONFIG_INVALID` */
export function checkedModelId(modelId: string): string {
  if (new RegExp(`^${MODEL_ID}$`).test(modelId)) return modelId
  throw refused(`'${modelId}' is not a model; it is written in letters, digits and -, for example KEYWORDS-COMPILED.`)
}

/** Source: the grammar of an image tag, https://pkg.go.dev/github.com/distribution/reference#pkg-overview */
export function checkedImageTag(imageTag: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(imageTag)) return imageTag
  throw refused(`IMAGE_TAG='${imageTag}' is not an image tag: letters, digits and _ . -, at most 128.`)
}

export function refused(sentence: string): ServeryError {
  return new ServeryError('CONFIG_INVALID', sentence)
}
