/** Reads and checks the folder of a version, so that it can be loaded. */
import { existsSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { cardFile, isCodeOnly, readCardSync } from '@servery/model-version'
import type { ModelDefinition, ModelInstance } from '../model/model.ts'

export interface VersionSource {
  /** The name of the model in routes. */
  readonly name: string
  readonly version: string
  /** The folder of the version; not read for a code-only version. */
  readonly directory: string
  readonly isInRepository: boolean
  /** By the name of the project that implements them. */
  readonly definitions: ReadonlyMap<string, ModelDefinition>
  readonly settingsOf: (definition: ModelDefinition) => ModelInstance['settings']
  /** The digest of the content of a folder. @throws ServeryError `MODEL_LOAD_FAILED` if a file differs from its manifest */
  readonly digestOf: (directory: string) => Promise<string>
}

/** @throws ServeryError `MODEL_LOAD_FAILED` if the version is missing, its card is not valid, a file differs, or no definition answers it */
export async function openVersion(source: VersionSource): Promise<ModelInstance> {
  const { name, version, directory, settingsOf, digestOf } = source
  if (isCodeOnly(version)) {
    const definition = definitionOf(source, name)
    return { definition, name, version, directory: '', card: {}, settings: settingsOf(definition) }
  }
  if (!existsSync(cardFile(directory))) throw missing(source)
  const card = readCardSync(directory, version)
  const definition = definitionOf(source, card.definition ?? name)
  const digest = await digestOf(directory)
  return { definition, name, version, directory, card, settings: settingsOf(definition), digest }
}

function missing({ name, version, directory, isInRepository }: VersionSource): ServeryError {
  const sentence = isInRepository
    ? `${directory} holds no version: it has no model_card.json.`
    : `${version} is not in ${directory}. Download it with: make projects.run/${name} COMPONENT=serve TASK=download-model`
  return new ServeryError('MODEL_LOAD_FAILED', sentence)
}

function definitionOf({ name, version, definitions }: VersionSource, wanted: string): ModelDefinition {
  const definition = definitions.get(wanted)
  if (definition !== undefined) return definition
  const known = [...definitions.keys()].join(', ')
  throw new ServeryError(
    'MODEL_LOAD_FAILED',
    `No project '${wanted}' answers ${version} of ${name}; this server has ${known}. The field 'definition' of its model_card.json names the project.`,
  )
}
