/** Opens the artifact of a version (classifier, lists of names, labels) and computes the logits of the words of sentences. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ServeryError } from '@servery/core'
import type { TokenClassifier, TokenisedWord, TokenRow } from '@servery/onnx'
import { type Static, Type, Value } from '@servery/schema'
import type { Artifacts } from '@servery/serving/model'
import { featuresOf } from './features.ts'
import { type Gazetteer, readGazetteer } from './gazetteer.ts'
import { type Window, windowsOf } from './windows.ts'

/** `tagger.json` of the artifact. */
const settingsSchema = Type.Object({
  labels: Type.Array(Type.String({ pattern: '^(O|[BI]-.+)$' }), { minItems: 3 }),
  lists: Type.Array(Type.String()),
  cls_id: Type.Integer(),
  sep_id: Type.Integer(),
  window_tokens: Type.Integer({ minimum: 3 }),
  overlap_tokens: Type.Integer({ minimum: 0 }),
})
export type TaggerSettings = Static<typeof settingsSchema>

export interface TaggedSentence {
  readonly words: readonly TokenisedWord[]
  /** `[w]` rows of `[labels]`. */
  readonly logits: readonly Float32Array[]
}

export interface Tagger {
  readonly labels: readonly string[]
  /** Words and logits of every sentence, in order. Windows of different sentences share sub-batches. */
  tag(sentences: readonly string[]): Promise<TaggedSentence[]>
}

/** @throws ServeryError `MODEL_LOAD_FAILED` if a file is missing or not valid */
export async function openTagger(
  directory: string,
  { device }: Pick<Artifacts['settings'], 'device'>,
  onUnload: Artifacts['onUnload'] = () => {},
): Promise<Tagger> {
  const { openTokenClassifier } = await import('@servery/onnx')
  const settings = await readSettings(path.join(directory, 'tagger.json'))
  const gazetteer = await readGazetteer(path.join(directory, 'gazetteer.tsv'), settings.lists)
  const classifier = await openTokenClassifier(directory, { addedInputs: ['feature_ids'], device })
  onUnload(() => classifier.release())
  if (classifier.labels !== settings.labels.length) {
    const counts = `${settings.labels.length} labels in tagger.json, ${classifier.labels} in model.onnx`
    throw new ServeryError('MODEL_LOAD_FAILED', `The files of the model version do not belong together: ${counts}.`)
  }
  return createTagger(classifier, gazetteer, settings)
}

async function readSettings(file: string): Promise<TaggerSettings> {
  try {
    return Value.Parse(settingsSchema, JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new ServeryError('MODEL_LOAD_FAILED', 'tagger.json of the model version cannot be read.', { cause })
  }
}

export function createTagger(
  classifier: Pick<TokenClassifier, 'words' | 'classify'>,
  gazetteer: Gazetteer,
  settings: TaggerSettings,
): Tagger {
  return {
    labels: settings.labels,
    async tag(sentences) {
      const words = await classifier.words(sentences)
      const plans = sentences.map((sentence, i) => {
        const features = featuresOf(sentence, words[i]!, gazetteer)
        const lengths = words[i]!.map(({ ids }) => ids.length)
        return { words: words[i]!, features, windows: windowsOf(lengths, settings) }
      })
      const rows = plans.flatMap(({ windows, ...plan }) => windows.map((window) => rowOf(plan, window, settings)))
      const answers = await classifier.classify(rows)
      let next = 0
      return plans.map(({ words: own, windows }) => ({
        words: own,
        logits: windows.flatMap((window) => wordLogits(own, window, answers[next++]!, settings.labels.length)),
      }))
    },
  }
}

interface Plan {
  readonly words: readonly TokenisedWord[]
  readonly features: readonly number[]
}

/** The two special tokens have feature 0. */
function rowOf({ words, features }: Plan, { start, end }: Window, { cls_id, sep_id }: TaggerSettings): TokenRow {
  const ids = [cls_id]
  const spread = [0]
  for (let word = start; word < end; word++) {
    for (const id of words[word]!.ids) {
      ids.push(id)
      spread.push(features[word]!)
    }
  }
  return { input_ids: [...ids, sep_id], feature_ids: [...spread, 0] }
}

/** The logits of the first token of every word whose labels are taken from this window. @param answer `[t, labels]` */
function wordLogits(
  words: readonly TokenisedWord[],
  window: Window,
  answer: Float32Array,
  labels: number,
): Float32Array[] {
  const found: Float32Array[] = []
  let token = 1 // after the special one
  for (let word = window.start; word < window.last; word++) {
    if (word >= window.first) found.push(answer.subarray(token * labels, (token + 1) * labels))
    token += words[word]!.ids.length
  }
  return found
}
