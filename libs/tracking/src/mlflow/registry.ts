/**
 * A registry in an MLflow 3 server, over its REST API.
 *
 * A version is a run of the experiment `<MODEL-ID>` that holds the files, and a model version that points to them,
 * created last and in one call: until then nobody sees it. Results are child runs of that run.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  CARD_FILE,
  createManifest,
  MANIFEST_FILE,
  type Manifest,
  manifestDigest,
  modelLoadFailed,
  parseCard,
  parseManifest,
  readCard,
} from '@servery/model-version'
import { keepOtherFiles, type Progress } from '../file/copy-version.ts'
import type { ModelRegistry, ModelVersion, RegisterOptions } from '../open-registry.ts'
import {
  checkExpected,
  checkedImageTag,
  checkedModelId,
  parseReference,
  refused,
  unknownVersion,
  versionOf,
} from '../registry/version-names.ts'
import { putReplacing, staged } from '../staging/staged-folder.ts'
import type { ArtifactStore } from '../stores/artifact-store.ts'
import { listedContents, manifestContents, readStored, type Source } from '../stores/version-contents.ts'
import { type MlflowClient, MlflowError } from './client.ts'
import { cardMetrics, resultFigures } from './metrics.ts'
import { API, isGone, MlflowRuns, undefinedWhenThere } from './runs.ts'

export interface MlflowRegistrySettings {
  readonly client: MlflowClient
  readonly maxRetries: number
  /** Opens what a location of the registry's answers names. */
  readonly openStore: (location: string) => ArtifactStore
  /** Set on each version that is pushed; empty means none. */
  readonly alias: string
  /** Address of MLflow's pages, for links. */
  readonly pages: string
}

/** MLflow's answer for a model version, as far as it is read here. */
interface VersionAnswer {
  readonly version: string
  readonly run_id?: string
  readonly tags?: readonly { readonly key: string; readonly value: string }[]
}

const DIGEST_TAG = 'servery.manifest_digest'
const VERSION_TAG = 'servery.model_version'
const IMAGE_TAG = 'servery.image_tag'

/** Where the files of a version lie below the artifacts of its run. */
const VERSION_FOLDER = 'model'

export class MlflowRegistry implements ModelRegistry {
  readonly #client: MlflowClient
  readonly #runs: MlflowRuns
  readonly #settings: MlflowRegistrySettings

  constructor(settings: MlflowRegistrySettings) {
    this.#client = settings.client
    this.#runs = new MlflowRuns(settings.client)
    this.#settings = settings
  }

  async versions(modelId: string): Promise<number[]> {
    return (await this.#versions(modelId)).map((version) => Number(version.version))
  }

  async resolve(reference: string): Promise<ModelVersion> {
    const { modelId, number, alias } = parseReference(reference)
    if (number === undefined) return versionOf(modelId, await this.#aliased(modelId, alias))
    try {
      await this.#version(versionOf(modelId, number))
    } catch (error) {
      if (isGone(error)) throw unknownVersion(modelId, number, await this.versions(modelId))
      throw error
    }
    return versionOf(modelId, number)
  }

  async card(version: ModelVersion): Promise<Record<string, unknown>> {
    return parseCard(await readStored(await this.#source(version), CARD_FILE), version.name)
  }

  async download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean> {
    const source = await this.#source(version)
    const text = await readStored(source, MANIFEST_FILE)
    const contents =
      text === undefined ? await listedContents(source) : manifestContents(source, await this.#genuine(version, text))
    const isDone = () => contents.isIn(target)
    const fill = async (partial: string) => {
      if (await isDone()) return false
      await contents.fetch(partial, progress)
      await putReplacing(partial, target, { isDone, keep: keepOtherFiles })
      return true
    }
    return staged(target, fill, keepOtherFiles)
  }

  async register(
    directory: string,
    modelId: string,
    { expectedNumber, progress = () => {} }: RegisterOptions = {},
  ): Promise<ModelVersion> {
    const manifest = await createManifest(directory)
    const push: Push = {
      modelId,
      directory,
      manifest,
      digest: manifestDigest(manifest),
      card: await readCard(directory),
      progress,
    }
    const known = await this.#versions(modelId)
    const same = withDigest(known, push.digest)
    const next = Math.max(0, ...known.map(numberOf)) + 1
    checkExpected(versionOf(modelId, same ? numberOf(same) : next), same !== undefined, expectedNumber)
    const version = versionOf(modelId, same ? numberOf(same) : await this.#push(push, expectedNumber))
    if (this.#settings.alias) await this.#setAlias(version, this.#settings.alias)
    return version
  }

  async attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void> {
    const tags = { [VERSION_TAG]: version.name, [IMAGE_TAG]: checkedImageTag(imageTag) }
    const figures = await resultFigures(directory)
    const { run_id: parent } = await this.#version(version)
    const experiment = parent
      ? (await this.#runs.get(parent)).experiment_id
      : await this.#runs.experiment(version.modelId)
    const runTags = { ...tags, ...figures.tags, ...(parent && { 'mlflow.parentRunId': parent }) }
    const run = await this.#runs.filled(experiment, `${version.name} ${imageTag}`, runTags, async (filled) => {
      const store = this.#settings.openStore(filled.artifact_uri)
      for (const name of await readdir(directory))
        await store.write(`test_results/${imageTag}/${name}`, path.join(directory, name))
      await this.#runs.logMetrics(filled.run_id, figures.metrics)
    })
    await this.#runs.keepNewest(experiment, tags)
    const link = `${this.#settings.pages}/#/experiments/${experiment}/runs/${run.run_id}`
    await this.#setTag(version, 'servery.last_results', link)
    await this.#setTag(version, 'servery.last_verdict', figures.tags.verdict ?? 'none')
  }

  /** Uploads everything first and creates the version last. @returns its number */
  async #push(push: Push, expectedNumber: number | undefined): Promise<number> {
    const { modelId, digest, card } = push
    await this.#client
      .postJson(`${API}/registered-models/create`, { name: modelId, description: textOf(card.description) })
      .catch(undefinedWhenThere)
    const experiment = await this.#runs.experiment(modelId)
    const run = await this.#runs.filled(experiment, `${modelId} version`, { [DIGEST_TAG]: digest }, async (filled) => {
      await sendVersion(push, this.#settings.openStore(`${filled.artifact_uri}/${VERSION_FOLDER}`))
      await this.#runs.logMetrics(filled.run_id, cardMetrics(card))
    })
    const number = await this.#create(push, run.run_id, `${run.artifact_uri}/${VERSION_FOLDER}`)
    const first = withDigest(await this.#versions(modelId), digest)
    const kept = first ? numberOf(first) : number
    if (kept === number && (expectedNumber ?? number) === number) {
      await this.#runs.rename(run.run_id, versionOf(modelId, number).name)
      return number
    }
    // Another client pushed the same content at the same time and was first; or a number was used up by a deleted version.
    await this.#client.deleteJson(`${API}/model-versions/delete`, { name: modelId, version: String(number) })
    await this.#runs.delete(run.run_id)
    checkExpected(versionOf(modelId, kept), kept !== number, expectedNumber)
    return kept
  }

  /** Not tried again blindly: an answer that was lost would leave a second version. */
  async #create({ modelId, digest, card }: Push, runId: string, source: string): Promise<number> {
    const content = {
      name: modelId,
      source,
      run_id: runId,
      description: textOf(card.description),
      tags: [{ key: DIGEST_TAG, value: digest }],
    }
    const route = `${API}/model-versions/create`
    try {
      const options = { maxRetries: 0 }
      return numberOf(
        (await this.#client.postJson<{ model_version: VersionAnswer }>(route, content, options)).model_version,
      )
    } catch (error) {
      const made = (await this.#versions(modelId)).find((version) => version.run_id === runId)
      if (made) return numberOf(made)
      await this.#runs.delete(runId).catch(() => {})
      throw error
    }
  }

  async #versions(modelId: string): Promise<VersionAnswer[]> {
    const found: VersionAnswer[] = []
    let token = ''
    do {
      const page: { model_versions?: VersionAnswer[]; next_page_token?: string } = await this.#client.getJson(
        `${API}/model-versions/search`,
        { filter: `name='${checkedModelId(modelId)}'`, max_results: '200', ...(token && { page_token: token }) },
      )
      found.push(...(page.model_versions ?? []))
      token = page.next_page_token ?? ''
    } while (token)
    return found.sort((a, b) => numberOf(a) - numberOf(b))
  }

  async #version(version: ModelVersion): Promise<VersionAnswer> {
    const answer = await this.#client.getJson<{ model_version: VersionAnswer }>(
      `${API}/model-versions/get`,
      nameAndNumber(version),
    )
    return answer.model_version
  }

  async #aliased(modelId: string, alias: string): Promise<number> {
    const route = `${API}/registered-models/alias`
    try {
      return numberOf(
        (await this.#client.getJson<{ model_version: VersionAnswer }>(route, { name: modelId, alias })).model_version,
      )
    } catch (error) {
      if (!(error instanceof MlflowError) || ![400, 404].includes(error.status)) throw error
      throw refused(`The registry has no alias '${alias}' of ${modelId}: set it in MLflow, or name a version.`)
    }
  }

  /** Where the registry itself says that the files lie. */
  async #source(version: ModelVersion): Promise<Source> {
    const { artifact_uri } = await this.#client.getJson<{ artifact_uri: string }>(
      `${API}/model-versions/get-download-uri`,
      nameAndNumber(version),
    )
    return { store: this.#settings.openStore(artifact_uri), name: version.name, maxRetries: this.#settings.maxRetries }
  }

  /** A manifest that was exchanged together with its files shows here: its digest is kept apart from them. */
  async #genuine(version: ModelVersion, text: string): Promise<Manifest> {
    const manifest = parseManifest(text, version.name)
    const recorded = (await this.#version(version)).tags?.find(({ key }) => key === DIGEST_TAG)?.value
    if (recorded !== undefined && recorded !== manifestDigest(manifest))
      throw modelLoadFailed(`The manifest of ${version.name} is not the one that was registered: it was changed.`)
    return manifest
  }

  async #setAlias(version: ModelVersion, alias: string): Promise<void> {
    await this.#client.postJson(`${API}/registered-models/alias`, { ...nameAndNumber(version), alias })
  }

  async #setTag(version: ModelVersion, key: string, value: string): Promise<void> {
    await this.#client.postJson(`${API}/model-versions/set-tag`, { ...nameAndNumber(version), key, value })
  }
}

interface Push {
  readonly modelId: string
  readonly directory: string
  readonly manifest: Manifest
  readonly digest: string
  readonly card: Record<string, unknown>
  readonly progress: Progress
}

async function sendVersion({ directory, manifest, digest, progress }: Push, store: ArtifactStore): Promise<void> {
  const ofBytes = manifest.files.reduce((sum, file) => sum + file.size, 0)
  let bytes = 0
  const sent = (length: number) => {
    bytes += length
    progress({ bytes, ofBytes })
  }
  for (const file of manifest.files) await store.write(file.path, path.join(directory, file.path), sent)
  if (manifestDigest(await createManifest(directory)) !== digest)
    throw modelLoadFailed(`${directory} was changed while it was sent; nothing was registered.`)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'servery-manifest-'))
  try {
    await writeFile(path.join(folder, MANIFEST_FILE), JSON.stringify(manifest, null, 1))
    await store.write(MANIFEST_FILE, path.join(folder, MANIFEST_FILE))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function nameAndNumber({ modelId, number }: ModelVersion): { name: string; version: string } {
  return { name: modelId, version: String(number) }
}

function numberOf({ version }: VersionAnswer): number {
  return Number(version)
}

/** The first version with this content. */
function withDigest(versions: readonly VersionAnswer[], digest: string): VersionAnswer | undefined {
  return versions.find(({ tags = [] }) => tags.some(({ key, value }) => key === DIGEST_TAG && value === digest))
}

/** MLflow takes descriptions of up to 5,000 characters. */
function textOf(description: unknown): string {
  return typeof description === 'string' ? description.slice(0, 5_000) : ''
}
