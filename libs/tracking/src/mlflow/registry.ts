/**
 * A registry in an MLflow 3 server, over its REST API.
 *
 * A version consists of a run of the experiment `<MODEL-ID>`, which holds the files, and a model version that points to them and is
 * created last, in one call: until then the version does not exist. Test results are child runs of that run.
 */
import { readdir } from 'node:fs/promises'
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
import type { ModelRegistry, ModelVersion, RegisterOptions } from '../registry/model-registry.ts'
import type { Progress } from '../registry/progress.ts'
import {
  checkExpectedNumber,
  checkedImageTag,
  modelVersion,
  parseReference,
  unknownVersion,
} from '../registry/version-names.ts'
import { installVersion } from '../staging/install-version.ts'
import type { ArtifactStore } from '../stores/artifact-store.ts'
import { fetchText, type Source } from '../stores/fetch-files.ts'
import { listedContents, manifestContents } from '../stores/version-contents.ts'
import { isNotFound, type MlflowClient } from './client.ts'
import { cardMetrics, resultsRunData } from './metrics.ts'
import { MlflowRuns, type Run } from './runs.ts'
import { uploadVersion } from './upload.ts'
import { MlflowVersions, type VersionInfo } from './versions.ts'

export interface MlflowRegistrySettings {
  readonly client: MlflowClient
  readonly maxRetries: number
  /** Opens the store of a location that MLflow names. */
  readonly openStore: (location: string) => ArtifactStore
  /** Set on each version that is pushed; empty means none. */
  readonly alias: string
  /** Address of MLflow's pages, for links. */
  readonly pages: string
}

const DIGEST_TAG = 'servery.manifest_digest'
const VERSION_TAG = 'servery.model_version'
const IMAGE_TAG = 'servery.image_tag'

/** Folder of a version's files in the artifacts of its run. */
const VERSION_FOLDER = 'model'

/** A folder that is being registered as a version. */
interface Push {
  readonly modelId: string
  readonly directory: string
  readonly manifest: Manifest
  readonly digest: string
  readonly card: Record<string, unknown>
  readonly description: string
  readonly progress: Progress
}

export class MlflowRegistry implements ModelRegistry {
  readonly #versions: MlflowVersions
  readonly #runs: MlflowRuns
  readonly #settings: MlflowRegistrySettings

  constructor(settings: MlflowRegistrySettings) {
    this.#versions = new MlflowVersions(settings.client)
    this.#runs = new MlflowRuns(settings.client)
    this.#settings = settings
  }

  async versions(modelId: string): Promise<number[]> {
    return (await this.#versions.list(modelId)).map(({ version }) => Number(version))
  }

  async resolve(reference: string): Promise<ModelVersion> {
    const { modelId, number, alias } = parseReference(reference)
    if (number === undefined) return toModelVersion(modelId, await this.#versions.byAlias(modelId, alias))
    const version = modelVersion(modelId, number)
    try {
      await this.#versions.get(version)
    } catch (error) {
      if (isNotFound(error)) throw unknownVersion(modelId, number, await this.versions(modelId))
      throw error
    }
    return version
  }

  async card(version: ModelVersion): Promise<Record<string, unknown>> {
    return parseCard(await fetchText(await this.#source(version), CARD_FILE), version.name)
  }

  async download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean> {
    const source = await this.#source(version)
    const text = await fetchText(source, MANIFEST_FILE)
    const contents =
      text === undefined
        ? await listedContents(source)
        : manifestContents(source, await this.#registeredManifest(version, text))
    return installVersion(contents, target, progress)
  }

  async register(
    directory: string,
    modelId: string,
    { expectedNumber, progress = () => {} }: RegisterOptions = {},
  ): Promise<ModelVersion> {
    const manifest = await createManifest(directory)
    const card = await readCard(directory)
    const push: Push = {
      modelId,
      directory,
      manifest,
      digest: manifestDigest(manifest),
      card,
      description: descriptionText(card.description),
      progress,
    }
    const known = await this.#versions.list(modelId)
    const same = withDigest(known, push.digest)
    const next = Math.max(0, ...known.map(({ version }) => Number(version))) + 1
    checkExpectedNumber(
      same ? toModelVersion(modelId, same) : modelVersion(modelId, next),
      same !== undefined,
      expectedNumber,
    )
    const version = same ? toModelVersion(modelId, same) : await this.#push(push, expectedNumber)
    if (this.#settings.alias) await this.#versions.setAlias(version, this.#settings.alias)
    return version
  }

  async attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void> {
    const tags = { [VERSION_TAG]: version.name, [IMAGE_TAG]: checkedImageTag(imageTag) }
    const results = await resultsRunData(directory)
    const { run_id: parent } = await this.#versions.get(version)
    const experiment = parent
      ? (await this.#runs.get(parent)).experiment_id
      : await this.#runs.experimentId(version.modelId)
    const runTags = { ...tags, ...results.tags, ...(parent && { 'mlflow.parentRunId': parent }) }
    const run = await this.#runs.create(experiment, `${version.name} ${imageTag}`, runTags, async (created) => {
      const store = this.#settings.openStore(created.artifact_uri)
      for (const name of await readdir(directory))
        await store.write(`test_results/${imageTag}/${name}`, path.join(directory, name))
      await this.#runs.logMetrics(created.run_id, results.metrics)
    })
    await this.#runs.keepNewest(experiment, tags)
    const link = `${this.#settings.pages}/#/experiments/${experiment}/runs/${run.run_id}`
    await this.#versions.setTag(version, 'servery.last_results', link)
    await this.#versions.setTag(version, 'servery.last_verdict', results.tags.verdict ?? 'none')
  }

  /** Uploads everything first and creates the version last. */
  async #push(push: Push, expectedNumber: number | undefined): Promise<ModelVersion> {
    const { modelId, digest } = push
    await this.#versions.createModel(modelId, push.description)
    const run = await this.#upload(push)
    const created = await this.#createVersion(push, run)
    const first = withDigest(await this.#versions.list(modelId), digest)
    const kept = first ? toModelVersion(modelId, first) : created
    if (kept.number === created.number && (expectedNumber ?? created.number) === created.number) {
      await this.#runs.rename(run.run_id, created.name)
      return created
    }
    // Another client pushed the same content first, or the expected number belonged to a deleted version.
    await this.#versions.delete(created)
    await this.#runs.delete(run.run_id)
    checkExpectedNumber(kept, kept.number !== created.number, expectedNumber)
    return kept
  }

  /** The run that holds the files. */
  async #upload({ modelId, directory, manifest, digest, card, progress }: Push): Promise<Run> {
    const experiment = await this.#runs.experimentId(modelId)
    return this.#runs.create(experiment, `${modelId} version`, { [DIGEST_TAG]: digest }, async (created) => {
      const store = this.#settings.openStore(filesLocation(created))
      await uploadVersion(directory, manifest, store, progress)
      await this.#runs.logMetrics(created.run_id, cardMetrics(card))
    })
  }

  async #createVersion({ modelId, digest, description }: Push, run: Run): Promise<ModelVersion> {
    const content = {
      modelId,
      description,
      runId: run.run_id,
      source: filesLocation(run),
      tags: { [DIGEST_TAG]: digest },
    }
    try {
      return toModelVersion(modelId, await this.#versions.create(content))
    } catch (error) {
      // Perhaps only the response was lost.
      const created = (await this.#versions.list(modelId)).find(({ run_id }) => run_id === run.run_id)
      if (created) return toModelVersion(modelId, created)
      await this.#runs.delete(run.run_id).catch(() => {})
      throw error
    }
  }

  async #source(version: ModelVersion): Promise<Source> {
    const store = this.#settings.openStore(await this.#versions.location(version))
    return { store, name: version.name, maxRetries: this.#settings.maxRetries }
  }

  /** Checks the digest, which is stored separately from the files: a manifest that was replaced together with them is detected. */
  async #registeredManifest(version: ModelVersion, text: string): Promise<Manifest> {
    const manifest = parseManifest(text, version.name)
    const recorded = (await this.#versions.get(version)).tags?.find(({ key }) => key === DIGEST_TAG)?.value
    if (recorded !== undefined && recorded !== manifestDigest(manifest))
      throw modelLoadFailed(`The manifest of ${version.name} is not the one that was registered: it was changed.`)
    return manifest
  }
}

function filesLocation(run: Run): string {
  return `${run.artifact_uri}/${VERSION_FOLDER}`
}

function toModelVersion(modelId: string, { version }: VersionInfo): ModelVersion {
  return modelVersion(modelId, Number(version))
}

/** The first version with this content. */
function withDigest(versions: readonly VersionInfo[], digest: string): VersionInfo | undefined {
  return versions.find(({ tags = [] }) => tags.some(({ key, value }) => key === DIGEST_TAG && value === digest))
}

/** MLflow takes descriptions of up to 5,000 characters. */
function descriptionText(description: unknown): string {
  return typeof description === 'string' ? description.slice(0, 5_000) : ''
}
