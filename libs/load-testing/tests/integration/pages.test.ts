/** The pages in a real browser: every chart is drawn, in light and dark, and nothing is loaded or logged. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { below, soft } from '../../src/measurement/criteria.ts'
import { evaluate } from '../../src/measurement/evaluation.ts'
import { measureAll } from '../../src/measurement/measurements.ts'
import { loadReportPage } from '../../src/report/load-page.ts'
import { hardware, reportOf } from '../../src/report/report.ts'
import type { SweepResult } from '../../src/report/results.ts'
import { sweepPage } from '../../src/report/sweep-page.ts'
import { runLoad } from '../../src/run-load.ts'
import { ANSWER, misbehavingServer, right } from '../fixtures/misbehaving-server.ts'

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(isThere)

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Colours that each canvas holds, and their contrast; put where `--dump-dom` shows them. */
const PROBE = `<script>
addEventListener('error', (e) => document.body.dataset.error = e.message)
setTimeout(() => {
  const colours = [...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })
  const background = getComputedStyle(document.body).backgroundColor
  document.body.dataset.probe = JSON.stringify({ colours, background })
}, 500)
</script></body>`

/** A sweep whose knee lies between 20 and 30. */
const SWEEP: SweepResult = {
  model_version: 'TOY-1',
  highest_rate: 20,
  seconds_per_rate: 6,
  seed: 1,
  criteria: [],
  steps: [10, 20, 30].map((rate) => ({
    rate,
    answered_per_second: Math.min(rate, 24),
    p50_ms: 5,
    p99_ms: rate > 20 ? 900 : 12,
    failures: 0,
    wrong_answers: 0,
    tester_delay_p99_ms: 1,
    unmet: rate > 20 ? ['p99 is <900>'] : [],
  })),
  hardware: hardware(),
}

let folder: string
let html: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'servery-page-'))
  const server = await misbehavingServer((answer, i) =>
    i % 10 === 0 ? answer.writeHead(500).end('{"code":"<b>"}') : right(answer),
  )
  const users = [{ loop: 'open', perSecond: 50, mix: { recorded: 1 } }] as const
  const recorded = { method: 'POST', path: '/v1/model/toy/predict', body: '{}', expected: ANSWER } as const
  const run = await runLoad({
    url: server.url,
    workload: { bio: [], recorded: [recorded], corpus: [] },
    users,
    rampUpSeconds: 0,
    warmUpSeconds: 0,
    seconds: 2,
    seed: 1,
    signal: new AbortController().signal,
  })
  await server.close()
  const about = { users, seed: 1, modelVersion: 'TOY-1', int8Instructions: 'vnni', versions: {} }
  const criteria = [below('predict', 'avg_response_time', 400), soft(below('predict', 'max_response_time', 0.001))]
  const evaluation = evaluate(criteria, measureAll(run), run.recorder.wrongAnswers(), [], 'toy')
  html = loadReportPage('toy', run, reportOf(run, about), evaluation)
})
afterAll(() => rmSync(folder, { recursive: true }))

it('is one file that loads nothing, and shows what a server said as text', () => {
  expect(html).not.toMatch(/(src|href)="?(https?:)?\/\//)
  expect(html).toContain('500 &lt;b&gt;')
  expect(html).toContain('not met (soft)')
  expect(html).toContain('open loop, 50 per second')
})

const inBrowser = CHROMIUM ? it.each : it.skip.each
inBrowser([
  ['load', 'light', '1'],
  ['load', 'dark', '0'],
  ['sweep', 'light', '1'],
  ['sweep', 'dark', '0'],
])(`draws every chart of the %s page in %s${CHROMIUM ? '' : ' [no-chromium]'}`, async (kind, scheme, setting) => {
  const shown = kind === 'load' ? html : sweepPage('toy', SWEEP)
  const file = path.join(folder, `${kind}-${scheme}.html`)
  writeFileSync(file, shown.replace('</body>', PROBE))
  const { stdout } = await promisify(execFile)(
    CHROMIUM as string,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${path.join(folder, kind, scheme)}`,
      `--blink-settings=preferredColorScheme=${setting}`,
      '--virtual-time-budget=3000',
      '--dump-dom',
      pathToFileURL(file).href,
    ],
    { timeout: 50_000 },
  )
  expect(stdout).not.toContain('data-error')
  const probe = JSON.parse(stdout.match(/data-probe="([^"]+)"/)?.[1]?.replaceAll('&quot;', '"') ?? 'null')
  expect(probe.colours).toHaveLength(shown.match(/<figure>/g)?.length ?? 0)
  for (const count of probe.colours) expect(count).toBeGreaterThan(5)
  const [red] = probe.background.match(/\d+/g).map(Number)
  expect(red > 128).toBe(scheme === 'light')
})
