/** A real MLflow server and a real S3 server on free ports, started by docker/registry/host.sh in a temporary folder. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { loadConfig, registryVariables } from '@servery/core'
import { type ModelRegistry, type ModelVersion, openRegistry } from '@servery/tracking'

export const ROOT = path.join(import.meta.dirname, '../..')
const PYTHON = path.join(ROOT, '.servery/registry/venv/bin/python')

export class Stack {
  /** Holds the servers' data, and is a place for the test's own files. */
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'servery-stack-'))
  readonly #options: Readonly<Record<string, string>>
  #ports: readonly number[] = []
  #process: ChildProcess | undefined

  private constructor(options: Readonly<Record<string, string>>) {
    this.#options = options
  }

  /** @param options of host.sh: `{ ARTIFACTS: 's3' }`, `{ AUTH: 'true' }` */
  static async start(options: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const stack = new Stack(options)
    stack.#ports = [await freePort(), await freePort()]
    await stack.start()
    return stack
  }

  /** Starts the servers, also again on the same data and ports. */
  async start(): Promise<void> {
    const [mlflow, s3] = this.#ports.map(String)
    const log = createWriteStream(path.join(this.folder, 'log'), { flags: 'a' })
    await once(log, 'open')
    this.#process = spawn('docker/registry/host.sh', {
      cwd: ROOT,
      stdio: ['ignore', log, log],
      env: { ...this.#base(), ...this.#options, MLFLOW_PORT: mlflow, S3_PORT: s3, REGISTRY_DATA: this.folder },
    })
    for (let second = 0; second < 120; second++) {
      const answers = [`${this.uri}/health`, `http://127.0.0.1:${s3}/`].map((address) => fetch(address).catch(() => {}))
      if ((await Promise.all(answers)).every(Boolean)) return
      if (this.#process.exitCode !== null) break
      await pause(1_000)
    }
    throw new Error(`The registry stack did not start; see ${this.folder}/log`)
  }

  get uri(): string {
    return `http://127.0.0.1:${this.#ports[0]}`
  }

  get s3(): string {
    return `http://127.0.0.1:${this.#ports[1]}`
  }

  /** What a shell would export for this stack. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      ...this.#base(),
      MLFLOW_TRACKING_URI: this.uri,
      MLFLOW_S3_ENDPOINT_URL: this.s3,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
      AWS_ACCESS_KEY_ID: 'servery',
      AWS_SECRET_ACCESS_KEY: 'servery-secret',
      AWS_DEFAULT_REGION: 'us-east-1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      ...more,
    }
  }

  registry(more: Readonly<Record<string, string>> = {}): ModelRegistry {
    return openRegistry(loadConfig(registryVariables, { environment: this.environment(more) }), this.folder)
  }

  /** Runs Python with MLflow's own client; answers what it printed. */
  async python(script: string): Promise<string> {
    const options = { env: this.environment(), cwd: this.folder, timeout: 120_000 }
    return (await promisify(execFile)(PYTHON, ['-c', script], options)).stdout.trim()
  }

  /** Runs Python with `objects`: the files of a version by their names, as boto3 has them. */
  async inS3({ modelId, number }: ModelVersion, script: string): Promise<void> {
    const query = new URLSearchParams({ name: modelId, version: String(number) })
    const answer = await fetch(`${this.uri}/api/2.0/mlflow/model-versions/get?${query}`)
    const { run_id } = ((await answer.json()) as { model_version: { run_id: string } }).model_version
    await this.python(`
import boto3, hashlib, json, os
bucket = boto3.resource("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"]).Bucket("mlflow")
found = [one.Object() for one in bucket.objects.all() if "${run_id}" in one.key]
objects = {one.key.split("/model/", 1)[1]: one for one in found}
assert objects
${script}`)
  }

  /** Names of the files in which the S3 server keeps objects, and parts of those that are on their way. */
  filesOfS3(): string[] {
    return readdirSync(path.join(this.folder, 's3'), { recursive: true }) as string[]
  }

  /** A version folder whose artifact holds `size` bytes of `content`. */
  versionFolder(content: string, size = 1_000): string {
    const folder = path.join(this.folder, `made-${content}`)
    mkdirSync(path.join(folder, 'model_artifacts/deep'), { recursive: true })
    mkdirSync(path.join(folder, 'test_files'), { recursive: true })
    writeFileSync(path.join(folder, 'model_card.json'), JSON.stringify({ description: content, scores: { f1: 0.5 } }))
    writeFileSync(path.join(folder, 'model_artifacts/model.onnx'), Buffer.alloc(size, content))
    writeFileSync(path.join(folder, 'model_artifacts/deep/empty ü+%.bin'), '')
    writeFileSync(path.join(folder, 'test_files/predictions.json'), '[]')
    return folder
  }

  async stop(): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null) return
    this.#process.kill('SIGTERM')
    await once(this.#process, 'exit')
    for (let tenth = 0; tenth < 100 && (await fetch(this.uri).catch(() => {})); tenth++) await pause(100)
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  #base(): Record<string, string> {
    const { PATH = '', HOME = '' } = process.env
    return { PATH, HOME }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
