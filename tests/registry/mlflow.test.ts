/** The registry on real servers, once with artifacts through MLflow's proxy and once straight from S3. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { verifyDirectory } from '@servery/model-version'
import { Stack } from './stack.ts'

const RESULTS = {
  'load_test_report.json': {
    completed: {
      GET_bio: { endpoint_type: 'GET', endpoint_url: '/v1/model/toy/bio', measurements: {} },
      POST_predict: {
        endpoint_type: 'POST',
        endpoint_url: '/v1/model/toy/predict',
        measurements: {
          response_time_p50: { value: 20 },
          response_time_p95: { value: 31.5 },
          response_time_p99: { value: 44 },
          requests_rps: { value: 42.5 },
          failures_percent: { value: 0.25 },
        },
      },
    },
    hardware: { cpu: 'Xeon', cpus: 2 },
  },
  'load_test_evaluation.json': { passed: false },
  'serve_image_spec.json': { docker_image_name: 'toy-serve', docker_image_tag: 'v1' },
  'github_action_context.json': { github_sha: 'abc123' },
}

describe.each([
  ['proxy', 'mlflow-artifacts'],
  ['s3', 's3'],
])('with artifacts by %s', (ARTIFACTS, scheme) => {
  let stack: Stack
  let target: string
  beforeAll(async () => {
    stack = await Stack.start({ ARTIFACTS })
    target = path.join(stack.folder, 'models/TOY-COMPILED-1')
  })
  afterAll(() => stack.remove())

  it('pushes a version, resolves it by number and alias, and brings it back', async () => {
    const registry = stack.registry()
    expect(await registry.versions('TOY-COMPILED')).toEqual([])
    const sent: number[] = []
    const version = await registry.register(stack.versionFolder('one', 20_000_000), 'TOY-COMPILED', {
      expectedNumber: 1,
      progress: ({ bytes, ofBytes }) => sent.push(ofBytes - bytes),
    })
    expect(sent.at(-1)).toBe(0)
    expect(version).toEqual({ modelId: 'TOY-COMPILED', number: 1, name: 'TOY-COMPILED-1' })
    for (const reference of ['TOY-COMPILED-1', 'models:/TOY-COMPILED/1', 'models:/TOY-COMPILED@challenger'])
      expect(await registry.resolve(reference)).toEqual(version)
    expect(await registry.card(version)).toEqual({ description: 'one', scores: { f1: 0.5 } })
    const seen: number[] = []
    expect(await registry.download(version, target, ({ bytes }) => seen.push(bytes))).toBe(true)
    const { files } = await verifyDirectory(target)
    expect(seen.at(-1)).toBe(files.reduce((sum, { size }) => sum + size, 0))
    expect(files.map((file) => file.path)).toContain('model_artifacts/deep/empty ü+%.bin')
    expect(await registry.download(version, target)).toBe(false)
  })

  it('answers the number of content that is there, and refuses another number before it writes', async () => {
    const registry = stack.registry()
    expect((await registry.register(stack.versionFolder('one', 20_000_000), 'TOY-COMPILED')).number).toBe(1)
    await expect(registry.register(stack.versionFolder('two'), 'TOY-COMPILED', { expectedNumber: 7 })).rejects.toThrow(
      'The next version is TOY-COMPILED-2, not TOY-COMPILED-7; nothing was written.',
    )
    expect(await registry.versions('TOY-COMPILED')).toEqual([1])
    expect((await registry.register(stack.versionFolder('two'), 'TOY-COMPILED', { expectedNumber: 2 })).number).toBe(2)
  })

  it('keeps files on a disk that registry and client share', async () => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ name: 'SHARED-COMPILED', artifact_location: `file://${stack.folder}/shared` })
    await fetch(`${stack.uri}/api/2.0/mlflow/experiments/create`, { method: 'POST', headers, body })
    const registry = stack.registry()
    const version = await registry.register(stack.versionFolder('shared'), 'SHARED-COMPILED')
    const into = path.join(stack.folder, 'models/SHARED')
    expect(await registry.download(version, into)).toBe(true)
    expect((await verifyDirectory(into)).files).toHaveLength(4)
    const stored = readdirSync(path.join(stack.folder, 'shared'), { recursive: true }) as string[]
    expect(stored.filter((name) => name.endsWith('manifest.json'))).toHaveLength(1)
  })

  it('is read by the client of MLflow, which sees files, metrics and alias', async () => {
    const seen = await stack.python(`
import json, mlflow
client = mlflow.MlflowClient()
version = client.get_model_version_by_alias("TOY-COMPILED", "challenger")
first = client.get_model_version("TOY-COMPILED", "1")
folder = mlflow.artifacts.download_artifacts("models:/TOY-COMPILED/1", dst_path="by-python")
run = client.get_run(first.run_id)
print(json.dumps([version.version, first.source, first.status, first.description, run.data.metrics, folder]))`)
    const [aliased, source, status, description, metrics, folder] = JSON.parse(seen.split('\n').at(-1)!)
    expect([aliased, status, description, metrics]).toEqual(['2', 'READY', 'one', { 'scores.f1': 0.5 }])
    expect(source).toMatch(new RegExp(`^${scheme}:`))
    const { files } = await verifyDirectory(path.resolve(stack.folder, folder))
    expect(files).toEqual((await verifyDirectory(target)).files)
  })

  it('brings what log_model of MLflow wrote, and refuses a version without a card', async () => {
    const made = path.join(stack.folder, 'by-log-model')
    cpSync(stack.versionFolder('three'), made, { recursive: true })
    await stack.python(`
import mlflow
class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return model_input
mlflow.set_experiment("logged")
plain = mlflow.pyfunc.log_model(name="echo", python_model=Echo(), registered_model_name="LOGGED", pip_requirements=[])
full = mlflow.pyfunc.log_model(name="echo", python_model=Echo(), registered_model_name="LOGGED", pip_requirements=[])
mlflow.MlflowClient().log_model_artifacts(full.model_id, ${JSON.stringify(made)})`)
    const registry = stack.registry()
    await expect(registry.download(await registry.resolve('LOGGED-1'), path.join(made, '../LOGGED-1'))).rejects.toThrow(
      'LOGGED-1 has neither manifest.json nor model_card.json',
    )
    expect(existsSync(path.join(made, '../LOGGED-1'))).toBe(false)
    const into = path.join(stack.folder, 'models/LOGGED-2')
    expect(await registry.download(await registry.resolve('LOGGED-2'), into)).toBe(true)
    expect(readdirSync(into).sort()).toEqual(['manifest.json', 'model_artifacts', 'model_card.json', 'test_files'])
    expect((await verifyDirectory(into)).files).toHaveLength(4)
    expect(await registry.download(await registry.resolve('LOGGED-2'), into)).toBe(false)
  })

  it('files results in one child run, however often and by however many', async () => {
    const results = path.join(stack.folder, 'results')
    mkdirSync(results, { recursive: true })
    for (const [name, content] of Object.entries(RESULTS))
      writeFileSync(path.join(results, name), JSON.stringify(content))
    const registry = stack.registry()
    const version = await registry.resolve('TOY-COMPILED-1')
    await registry.attachResults(version, 'v1', results)
    await Promise.all([
      registry.attachResults(version, 'v1', results),
      stack.registry().attachResults(version, 'v1', results),
    ])
    await registry.attachResults(version, 'v1', results)
    const elsewhere = stack.registry({ SERVERY_REGISTRY_PAGES: 'https://models.example.org/mlflow/' })
    await elsewhere.attachResults(version, 'v2', results)
    const { tags: linked } = JSON.parse(
      await stack.python(`
import json, mlflow
print(json.dumps({"tags": mlflow.MlflowClient().get_model_version("TOY-COMPILED", "1").tags}))`),
    )
    expect(linked['servery.last_results']).toMatch(
      /^https:\/\/models\.example\.org\/mlflow\/#\/experiments\/\d+\/runs\//,
    )
    await registry.attachResults(version, 'v2', results)
    const seen = await stack.python(`
import json, mlflow
client = mlflow.MlflowClient()
version = client.get_model_version("TOY-COMPILED", "1")
experiment = client.get_run(version.run_id).info.experiment_id
runs = client.search_runs([experiment], "tags.\`servery.model_version\` = 'TOY-COMPILED-1' and tags.\`servery.image_tag\` = 'v1'")
run = runs[0]
files = sorted(file.path for file in client.list_artifacts(run.info.run_id, "test_results/v1"))
print(json.dumps([len(runs), run.data.tags["mlflow.parentRunId"] == version.run_id, run.data.metrics,
  {key: value for key, value in run.data.tags.items() if "." not in key}, files, version.tags]))`)
    const [count, isChild, metrics, tags, files, versionTags] = JSON.parse(seen)
    expect([count, isChild]).toEqual([1, true])
    expect(metrics).toEqual({ p50_ms: 20, p95_ms: 31.5, p99_ms: 44, requests_per_second: 42.5, failure_rate: 0.25 })
    expect(tags).toEqual({ verdict: 'failed', image: 'toy-serve:v1', commit: 'abc123', hardware: 'Xeon, 2 CPUs' })
    expect(files).toEqual(
      Object.keys(RESULTS)
        .map((name) => `test_results/v1/${name}`)
        .sort(),
    )
    expect(versionTags).toMatchObject({ 'servery.last_verdict': 'failed' })
    expect(versionTags['servery.last_results']).toMatch(
      new RegExp(`^${stack.uri}/#/experiments/\\d+/runs/[0-9a-f]{32}$`),
    )
  })

  it('makes one version when two clients push the same content at once', async () => {
    const folder = stack.versionFolder('four')
    const pushed = await Promise.all([1, 2].map(() => stack.registry().register(folder, 'TWICE-COMPILED')))
    const versions = await stack.registry().versions('TWICE-COMPILED')
    expect(versions).toHaveLength(1)
    expect(pushed.map(({ number }) => number)).toEqual([versions[0], versions[0]])
  })

  it('refuses an object that was tampered with, and a manifest that was exchanged with it', async () => {
    const registry = stack.registry()
    const version = await registry.register(stack.versionFolder('five'), 'TAMPERED-COMPILED')
    const into = path.join(stack.folder, 'models/TAMPERED')
    await stack.inS3(version, "objects['model_artifacts/model.onnx'].put(Body=b'FIVE' * 250)")
    await expect(registry.download(version, into)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message:
        'model_artifacts/model.onnx of TAMPERED-COMPILED-1 does not have the SHA-256 of its manifest: it was changed.',
    })
    await stack.inS3(
      version,
      `manifest = json.load(objects['manifest.json'].get()['Body'])
manifest['files'][0]['sha256'] = hashlib.sha256(b'FIVE' * 250).hexdigest()
objects['manifest.json'].put(Body=json.dumps(manifest).encode())`,
    )
    await expect(registry.download(version, into)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: 'The manifest of TAMPERED-COMPILED-1 is not the one that was registered: it was changed.',
    })
    await stack.inS3(version, 'for one in objects.values(): one.delete()')
    await expect(registry.download(version, into)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('its artifacts are gone'),
    })
    expect(readdirSync(path.dirname(into)).filter((name) => name.includes('TAMPERED'))).toEqual([])
  })

  it('outlives a server that stops mid-download: resumed when it is back, a sentence and the old files when not', async () => {
    const registry = stack.registry({ MLFLOW_HTTP_REQUEST_MAX_RETRIES: '8' })
    const version = await registry.register(stack.versionFolder('six', 100_000_000), 'LONG-COMPILED')
    const into = path.join(stack.folder, 'models/LONG')
    let restarted: Promise<void> | undefined
    const restart = async () => {
      await stack.stop()
      await stack.start()
    }
    await registry.download(version, into, ({ bytes }) => {
      if (bytes > 20_000_000) restarted ??= restart()
    })
    expect(restarted).toBeDefined()
    await restarted
    await verifyDirectory(into)
    writeFileSync(path.join(into, 'model_card.json'), 'what was there')
    let stopped: Promise<void> | undefined
    const broken = stack.registry().download(version, into, ({ bytes }) => {
      if (bytes > 20_000_000) stopped ??= stack.stop()
    })
    await expect(broken).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringContaining('failed 3 times'),
    })
    await stopped
    expect(readFileSync(path.join(into, 'model_card.json'), 'utf8')).toBe('what was there')
    expect(readdirSync(path.dirname(into)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
