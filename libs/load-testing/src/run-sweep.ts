/** `make projects.sweep/<project>`: measures latency at rising request rates. Usage: node run-sweep.js <serve directory> */
import path from 'node:path'
import { INTERRUPTED, runCommand } from './command.ts'
import { type Criterion, criteriaFrom } from './measurement/criteria.ts'
import { evaluate } from './measurement/evaluation.ts'
import { measureAll } from './measurement/measurements.ts'
import { openProject, type Project, type ServerUnderTest, startServer, workloadFor } from './project.ts'
import { hardware } from './report/report.ts'
import { type Step, sweepSchema, writeChecked, writeWhole } from './report/results.ts'
import { sentence } from './report/summary.ts'
import { sweepPage } from './report/sweep-page.ts'
import { runLoad } from './run-load.ts'
import { backlog, highestMet, sweep } from './sweep.ts'
import type { WorkloadMix } from './workload/user-groups.ts'
import { calledEndpoints } from './workload/workload.ts'

const WARM_UP_SECONDS = 1
/** Seconds per rate, unless SERVERY_LOAD_SECONDS is set. */
const SECONDS = 6
const MIX: WorkloadMix = { recorded: 1, corpus: 1 }

await runCommand(main)

async function main(serveDirectory: string, signal: AbortSignal): Promise<number> {
  const project = await openProject(serveDirectory, process.env)
  const criteria = [...project.plan.criteria, ...criteriaFrom(project.source)].filter(isOfEveryRate)
  const server = await startServer(project)
  try {
    process.stderr.write(
      `Rate sweep of ${project.name}, ${server.bio.model_version}: ${secondsOf(project)} s per rate.\n`,
    )
    const steps = await sweep(stepOf(project, server, criteria, signal)).catch((error) => {
      if (!signal.aborted) throw error
    })
    if (steps === undefined) {
      process.stderr.write('interrupted: no results were written\n')
      return INTERRUPTED
    }
    const best = highestMet(steps)
    file(project, server, criteria, steps)
    process.stdout.write(
      `${best ? `${project.name} meets its criteria up to ${best.rate} requests per second: p50 ${best.p50_ms.toFixed(1)}, p99 ${best.p99_ms.toFixed(1)} ms` : `failed: at ${steps[0]?.rate} requests per second, ${steps[0]?.unmet.join('; ')}`}\n${path.join(project.resultsDirectory, 'sweep.html')}\n`,
    )
    return best ? 0 : 1
  } finally {
    await server.stop()
  }
}

function secondsOf({ config }: Project): number {
  return config.SERVERY_LOAD_SECONDS || SECONDS
}

/** Excludes criteria on counts and throughput, which fit one rate only, and those of endpoints other than predict, which are not called. */
function isOfEveryRate({ name, endpoint_url }: Criterion): boolean {
  return !/^requests_|^failures_total/.test(name) && /(^|\/)predict$/.test(endpoint_url)
}

function stepOf(project: Project, server: ServerUnderTest, criteria: readonly Criterion[], signal: AbortSignal) {
  const { config, name } = project
  const workload = workloadFor(project, server)
  return async (rate: number): Promise<Step> => {
    const run = await runLoad({
      url: server.url,
      workload,
      users: [{ loop: 'open', perSecond: rate, mix: MIX }],
      rampUpSeconds: 0,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: secondsOf(project),
      seed: config.SERVERY_LOAD_SEED,
      signal,
    })
    signal.throwIfAborted()
    const { recorder } = run
    const [endpoint] = recorder.endpoints.values()
    const ms = (percentile: number) => (endpoint?.histogram.getValueAtPercentile(percentile) ?? 0) / 1_000
    const called = calledEndpoints(workload, [MIX])
    const { evaluated_criteria } = evaluate(criteria, measureAll(run), recorder.wrongAnswers(), called, name)
    const growing = backlog(recorder.seconds)
    const step = {
      rate,
      // Over the time until the last answer, which is late if the rate is above the capacity.
      answered_per_second: ((recorder.total - recorder.failures) / (run.endedAt - run.startedAt)) * 1_000,
      p50_ms: ms(50),
      p99_ms: ms(99),
      failures: recorder.failures,
      wrong_answers: recorder.wrong,
      tester_delay_p99_ms: run.generatorDelayP99Ms,
      unmet: [
        ...evaluated_criteria.filter(({ hard, passed }) => hard && !passed).map(sentence),
        ...(growing === undefined ? [] : [growing]),
      ],
    }
    process.stderr.write(
      `  ${rate}/s: p50 ${step.p50_ms.toFixed(1)}, p99 ${step.p99_ms.toFixed(1)} ms, ${step.unmet[0] ?? 'criteria met'}\n`,
    )
    return step
  }
}

function file(project: Project, server: ServerUnderTest, criteria: readonly Criterion[], steps: Step[]): void {
  const { resultsDirectory, name, config } = project
  const result = {
    model_version: server.bio.model_version,
    highest_rate: highestMet(steps)?.rate ?? null,
    seconds_per_rate: secondsOf(project),
    seed: config.SERVERY_LOAD_SEED,
    criteria: [...criteria],
    steps,
    hardware: hardware(server.bio.int8_instructions),
  }
  writeChecked(resultsDirectory, 'sweep.json', sweepSchema, result)
  writeWhole(path.join(resultsDirectory, 'sweep.html'), sweepPage(name, result))
}
