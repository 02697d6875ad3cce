/** `make projects.load/<project>`: runs the load plan of a project, writes the results, and passes or fails. Usage: node run.js <serve directory> */
import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { INTERRUPTED, runCommand } from './command.ts'
import { criteriaFrom } from './measurement/criteria.ts'
import { type Evaluation, evaluate } from './measurement/evaluation.ts'
import type { LoadRun } from './measurement/load-run.ts'
import { measureAll } from './measurement/measurements.ts'
import { openProject, type Project, type ServerUnderTest, startServer, workloadFor } from './project.ts'
import { loadReportPage } from './report/load-page.ts'
import { reportOf } from './report/report.ts'
import { clearResults, githubContext, PAGE, type Report, writeResults, writeWhole } from './report/results.ts'
import { markdownSummary, textSummary } from './report/summary.ts'
import { runLoad } from './run-load.ts'
import { calledEndpoints, type Workload } from './workload/workload.ts'

await runCommand(main)

/** An interrupted run also writes its results, marked as interrupted. */
async function main(serveDirectory: string, signal: AbortSignal): Promise<number> {
  const project = await openProject(serveDirectory, process.env)
  clearResults(project.resultsDirectory)
  const criteria = [...project.plan.criteria, ...criteriaFrom(project.source)]
  evaluate(criteria, new Map(), new Map(), [], project.name) // fails before the run if a criterion can never be met
  const server = await startServer(project)
  try {
    const workload = workloadFor(project, server)
    const run = await load(project, server, workload, signal)
    const mixes = project.plan.users.map(({ mix }) => mix)
    const called = calledEndpoints(workload, mixes)
    const evaluated = evaluate(criteria, measureAll(run), run.recorder.wrongAnswers(), called, project.name)
    const evaluation = { ...evaluated, passed: evaluated.passed && !run.interrupted }
    const report = reportOf(run, about(project, server))
    file(project, run, report, evaluation)
    process.stdout.write(`${textSummary(report, evaluation)}\n${path.join(project.resultsDirectory, PAGE)}\n`)
    const summary = process.env.GITHUB_STEP_SUMMARY
    if (summary) appendFileSync(summary, markdownSummary(project.name, report, evaluation))
    if (run.interrupted) return INTERRUPTED
    return evaluation.passed ? 0 : 1
  } finally {
    await server.stop()
  }
}

function load(project: Project, server: ServerUnderTest, workload: Workload, signal: AbortSignal): Promise<LoadRun> {
  const { plan, config, name } = project
  const seed = config.SERVERY_LOAD_SEED
  const seconds = config.SERVERY_LOAD_SECONDS || plan.seconds
  process.stderr.write(
    `Load test of ${name}, ${server.bio.model_version}: ${plan.rampUpSeconds + plan.warmUpSeconds} s of ramp-up and warm-up, ${seconds} s measured.\n`,
  )
  return runLoad({
    url: server.url,
    workload,
    users: plan.users,
    rampUpSeconds: plan.rampUpSeconds,
    warmUpSeconds: plan.warmUpSeconds,
    seconds,
    seed,
    signal,
    progress: ({ total, failures }, elapsed) => {
      if (elapsed > 0 && Math.floor(elapsed) % 5 === 0)
        process.stderr.write(`  ${Math.floor(elapsed)} of ${seconds} s: ${total} requests, ${failures} failed\n`)
    },
  })
}

function about(project: Project, server: ServerUnderTest) {
  const versionOf = (name: string) =>
    (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version
  return {
    users: project.plan.users,
    seed: project.config.SERVERY_LOAD_SEED,
    modelVersion: server.bio.model_version,
    int8Instructions: server.bio.int8_instructions,
    versions: { autocannon: versionOf('autocannon'), undici: versionOf('undici') },
  }
}

function file(project: Project, run: LoadRun, report: Report, evaluation: Evaluation): void {
  const { resultsDirectory, name, config } = project
  writeResults(resultsDirectory, {
    'load_test_report.json': report,
    'load_test_evaluation.json': evaluation,
    'serve_image_spec.json': {
      docker_image_name: process.env.DOCKER_IMAGE_NAME || `${name}-serve`,
      docker_image_tag: process.env.DOCKER_IMAGE_TAG || config.IMAGE_TAG,
      ...(process.env.DOCKER_IMAGE_ID ? { docker_image_id: process.env.DOCKER_IMAGE_ID } : {}),
    },
    'github_action_context.json': githubContext(process.env),
  })
  writeWhole(path.join(resultsDirectory, PAGE), loadReportPage(name, run, report, evaluation))
}
