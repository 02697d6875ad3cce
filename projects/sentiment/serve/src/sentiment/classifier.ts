/** Opens the artifact of a version: a classifier with the classes of the answer. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ServeryError } from '@servery/core'
import type { SequenceClassifier } from '@servery/onnx'
import { type Static, Type, Value } from '@servery/schema'
import type { Artifacts } from '@servery/serving/model'
import { LABELS } from '../schemas.ts'

/** `classifier.json` of the artifact. */
const settingsSchema = Type.Object({
  labels: Type.Tuple(LABELS.map((label) => Type.Literal(label))),
  max_tokens: Type.Integer({ minimum: 3 }),
})

/** @throws ServeryError `MODEL_LOAD_FAILED` if a file is missing or not valid */
export async function openClassifier(
  directory: string,
  { device }: Pick<Artifacts['settings'], 'device'>,
): Promise<SequenceClassifier> {
  const { openSequenceClassifier } = await import('@servery/onnx')
  const settings = await readSettings(path.join(directory, 'classifier.json'))
  const classifier = await openSequenceClassifier(directory, { maxTokens: settings.max_tokens, device })
  if (classifier.classes !== LABELS.length) {
    const counts = `${LABELS.length} labels in classifier.json, ${classifier.classes} classes in model.onnx`
    throw new ServeryError('MODEL_LOAD_FAILED', `The files of the model version do not belong together: ${counts}.`)
  }
  return classifier
}

async function readSettings(file: string): Promise<Static<typeof settingsSchema>> {
  try {
    return Value.Parse(settingsSchema, JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new ServeryError('MODEL_LOAD_FAILED', 'classifier.json of the model version cannot be read.', { cause })
  }
}
