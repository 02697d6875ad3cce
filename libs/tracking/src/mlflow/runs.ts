/** Experiments and runs of an MLflow server; runs hold the files of versions and of test results. */
import { configInvalid } from '../registry/version-names.ts'
import { API, isNotFound, type MlflowClient, undefinedIfExists } from './client.ts'

export interface Run {
  readonly run_id: string
  readonly experiment_id: string
  readonly artifact_uri: string
  readonly status: string
  /** Milliseconds since 1970. */
  readonly start_time: number
}

type Tags = Readonly<Record<string, string>>

/** A run that is unfinished for longer than this belongs to a process that has died. */
const ABANDONED_MS = 3_600_000

export class MlflowRuns {
  readonly #client: MlflowClient

  constructor(client: MlflowClient) {
    this.#client = client
  }

  /** The id of the experiment with this name, which is created if necessary. */
  async experimentId(name: string): Promise<string> {
    try {
      const { experiment } = await this.#client.getJson<{
        experiment: { experiment_id: string; lifecycle_stage: string }
      }>(`${API}/experiments/get-by-name`, { experiment_name: name })
      if (experiment.lifecycle_stage !== 'deleted') return experiment.experiment_id
    } catch (error) {
      if (!isNotFound(error)) throw error
      const created = await this.#client
        .postJson<{ experiment_id: string }>(`${API}/experiments/create`, { name })
        .catch(undefinedIfExists)
      // Another client has created it in the meantime.
      return created?.experiment_id ?? this.experimentId(name)
    }
    throw configInvalid(
      `The experiment '${name}' of ${this.#client.uri} was deleted: restore it there, or delete it permanently.`,
    )
  }

  async get(runId: string): Promise<Run> {
    const { run } = await this.#client.getJson<{ run: { info: Run } }>(`${API}/runs/get`, { run_id: runId })
    return run.info
  }

  /** Creates a run and finishes it after `fill`; if that fails, deletes the run. */
  async create(experimentId: string, name: string, tags: Tags, fill: (run: Run) => Promise<void>): Promise<Run> {
    const { run } = await this.#client.postJson<{ run: { info: Run } }>(`${API}/runs/create`, {
      experiment_id: experimentId,
      run_name: name,
      start_time: Date.now(),
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    })
    try {
      await fill(run.info)
      await this.#client.postJson(`${API}/runs/update`, {
        run_id: run.info.run_id,
        status: 'FINISHED',
        end_time: Date.now(),
      })
    } catch (error) {
      // If this fails too, the run stays marked as running and nothing refers to it.
      await this.delete(run.info.run_id).catch(() => {})
      throw error
    }
    return run.info
  }

  async logMetrics(runId: string, metrics: Readonly<Record<string, number>>): Promise<void> {
    const rows = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: Date.now(), step: 0 }))
    if (rows.length > 0) await this.#client.postJson(`${API}/runs/log-batch`, { run_id: runId, metrics: rows })
  }

  /** Deletes all runs with these tags except the last finished one and those that another client is still filling. */
  async keepNewest(experimentId: string, tags: Tags): Promise<void> {
    const runs = await this.#withTags(experimentId, tags)
    const finished = runs
      .filter((run) => run.status === 'FINISHED')
      .sort((a, b) => b.start_time - a.start_time || (a.run_id < b.run_id ? 1 : -1))
    const abandoned = runs.filter((run) => run.status !== 'FINISHED' && run.start_time < Date.now() - ABANDONED_MS)
    for (const run of [...finished.slice(1), ...abandoned]) await this.delete(run.run_id)
  }

  async rename(runId: string, name: string): Promise<void> {
    await this.#client.postJson(`${API}/runs/update`, { run_id: runId, run_name: name })
  }

  async delete(runId: string): Promise<void> {
    await this.#client.postJson(`${API}/runs/delete`, { run_id: runId }, { maxRetries: 2 })
  }

  async #withTags(experimentId: string, tags: Tags): Promise<Run[]> {
    const filter = Object.entries(tags)
      .map(([key, value]) => `tags.\`${key}\` = '${value}'`)
      .join(' and ')
    const found: Run[] = []
    let token: string | undefined
    do {
      const page: { runs?: { info: Run }[]; next_page_token?: string } = await this.#client.postJson(
        `${API}/runs/search`,
        { experiment_ids: [experimentId], filter, max_results: 200, page_token: token },
      )
      found.push(...(page.runs ?? []).map(({ info }) => info))
      token = page.next_page_token
    } while (token)
    return found
  }
}
