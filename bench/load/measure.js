// Repeats one request with the load suite or with oha; both report p50 and p99 in milliseconds and the number of answers.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { runLoad } from '../../libs/load-testing/dist/run-load.js'

/** Nothing is ramped or warmed up, so that every request that the server sees counts. @param group of users, as in a load plan */
export async function byServery(origin, exchange, group, seconds) {
  const { recorder } = await runLoad({
    url: origin,
    workload: { bio: [], recorded: [exchange], corpus: [] },
    users: [{ ...group, mix: { recorded: 1 } }],
    rampUpSeconds: 0,
    warmUpSeconds: 0,
    seconds,
    seed: 1,
    signal: new AbortController().signal,
  })
  if (recorder.failures > 0) throw new Error(`${recorder.failures} requests failed.`)
  const [{ histogram }] = recorder.endpoints.values()
  const ms = (percentile) => histogram.getValueAtPercentile(percentile) / 1_000
  return { p50: ms(50), p99: ms(99), count: recorder.total }
}

/** Latency from the intended time; as many connections as a stall could need. @param command where oha is */
export async function byOha(command, origin, { method, path, body }, perSecond, seconds) {
  const options = ['--no-tui', '--output-format', 'json', '--latency-correction', '-c', '64', '-q', String(perSecond)]
  const request = ['-n', String(perSecond * seconds), '-m', method, '-T', 'application/json', '-d', body]
  const { stdout } = await promisify(execFile)(command, [...options, ...request, origin + path], {
    maxBuffer: 2 ** 26,
  })
  const { latencyPercentiles, statusCodeDistribution } = JSON.parse(stdout)
  return {
    p50: latencyPercentiles.p50 * 1_000,
    p99: latencyPercentiles.p99 * 1_000,
    count: statusCodeDistribution['200'] ?? 0,
  }
}
