/** ROUGE as ROUGE-1.5.5 counted it: golden.json holds its runs, from the tests of Google's rouge_score (Apache-2.0). */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { assertClose } from '@servery/testkit'
import { rougeL, rougeLsum, rougeN } from '../../../projects/summarization/train/rouge.js'

const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden.json'), 'utf8'))
/** The golden values have five digits, some four. */
const tolerance = { atol: 6e-5 }

function score(metric: string, prediction: string, target: string, options = {}) {
  if (metric === 'rougeL') return rougeL(prediction, target, options)
  if (metric === 'rougeLsum') return rougeLsum(prediction, target, options)
  return rougeN(prediction, target, Number(metric.at(-1)), options)
}

it.each<{ metric: string; stem: boolean; p: number[]; r: number[]; f: number[] }>(golden.expected)(
  '$metric, stems: $stem',
  ({ metric, stem, ...expected }) => {
    golden.targets.forEach((target: string, i: number) => {
      const { p, r, f } = score(metric, golden.predictions[i], target, { stem })
      assertClose([p, r, f], [expected.p[i], expected.r[i], expected.f[i]], tolerance)
    })
  },
)

it('the toy pairs', () => {
  for (const { target, prediction, ...metrics } of golden.toy)
    for (const [metric, expected] of Object.entries(metrics))
      assertClose(score(metric, prediction, target), expected, tolerance)
})

it('several sentences', () => {
  const { target, prediction, metric, stem, p, r, f } = golden.multi
  assertClose(score(metric, prediction, target, { stem }), { p, r, f }, tolerance)
})
