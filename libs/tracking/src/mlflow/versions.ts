/** Registered models and their versions in an MLflow server. */
import type { ModelVersion } from '../registry/model-registry.ts'
import { checkedModelId, configInvalid } from '../registry/version-names.ts'
import { API, type MlflowClient, MlflowError, undefinedIfExists } from './client.ts'

/** The fields of MLflow's model version that are read here. */
export interface VersionInfo {
  readonly version: string
  readonly run_id?: string
  readonly tags?: readonly { readonly key: string; readonly value: string }[]
}

export interface NewVersion {
  readonly modelId: string
  readonly description: string
  /** The run that holds its files, and their location. */
  readonly runId: string
  readonly source: string
  readonly tags: Readonly<Record<string, string>>
}

export class MlflowVersions {
  readonly #client: MlflowClient

  constructor(client: MlflowClient) {
    this.#client = client
  }

  /** All versions of a model, by number; empty for an unknown model. */
  async list(modelId: string): Promise<VersionInfo[]> {
    const found: VersionInfo[] = []
    let token = ''
    do {
      const page: { model_versions?: VersionInfo[]; next_page_token?: string } = await this.#client.getJson(
        `${API}/model-versions/search`,
        { filter: `name='${checkedModelId(modelId)}'`, max_results: '200', ...(token && { page_token: token }) },
      )
      found.push(...(page.model_versions ?? []))
      token = page.next_page_token ?? ''
    } while (token)
    return found.sort((a, b) => Number(a.version) - Number(b.version))
  }

  get(version: ModelVersion): Promise<VersionInfo> {
    return this.#get(`${API}/model-versions/get`, nameAndNumber(version))
  }

  async byAlias(modelId: string, alias: string): Promise<VersionInfo> {
    try {
      return await this.#get(`${API}/registered-models/alias`, { name: modelId, alias })
    } catch (error) {
      if (!(error instanceof MlflowError) || ![400, 404].includes(error.status)) throw error
      throw configInvalid(`The registry has no alias '${alias}' of ${modelId}: set it in MLflow, or name a version.`)
    }
  }

  /** Location of the files of a version, for example `s3://…` or `mlflow-artifacts:/…`. */
  async location(version: ModelVersion): Promise<string> {
    const route = `${API}/model-versions/get-download-uri`
    return (await this.#client.getJson<{ artifact_uri: string }>(route, nameAndNumber(version))).artifact_uri
  }

  /** Creates the registered model unless it exists. */
  async createModel(modelId: string, description: string): Promise<void> {
    await this.#client
      .postJson(`${API}/registered-models/create`, { name: modelId, description })
      .catch(undefinedIfExists)
  }

  /** Without retries: if only the response was lost, a retry would create a second version. */
  async create({ modelId, description, runId, source, tags }: NewVersion): Promise<VersionInfo> {
    const content = {
      name: modelId,
      source,
      run_id: runId,
      description,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    }
    const route = `${API}/model-versions/create`
    const answer = await this.#client.postJson<{ model_version: VersionInfo }>(route, content, { maxRetries: 0 })
    return answer.model_version
  }

  async delete(version: ModelVersion): Promise<void> {
    await this.#client.deleteJson(`${API}/model-versions/delete`, nameAndNumber(version))
  }

  async setAlias(version: ModelVersion, alias: string): Promise<void> {
    await this.#client.postJson(`${API}/registered-models/alias`, { ...nameAndNumber(version), alias })
  }

  async setTag(version: ModelVersion, tag: string, value: string): Promise<void> {
    await this.#client.postJson(`${API}/model-versions/set-tag`, { ...nameAndNumber(version), key: tag, value })
  }

  async #get(route: string, query: Readonly<Record<string, string>>): Promise<VersionInfo> {
    return (await this.#client.getJson<{ model_version: VersionInfo }>(route, query)).model_version
  }
}

/** The parameters by which MLflow identifies a version. */
function nameAndNumber({ modelId, number }: ModelVersion): { name: string; version: string } {
  return { name: modelId, version: String(number) }
}
