/** A self-contained HTML page with charts by uPlot; readable without JavaScript, in light and dark mode. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export interface Chart {
  readonly title: string
  readonly x: string
  readonly y: string
  /** Whether the x axis is logarithmic. */
  readonly logX?: boolean
  /** Rows of numbers, the first of them x; null leaves a gap. */
  readonly data: readonly (readonly (number | null)[])[]
  readonly series: readonly string[]
}

export interface Page {
  readonly title: string
  readonly verdict: string
  readonly passed: boolean
  readonly sections: readonly string[]
  readonly charts: readonly Chart[]
  readonly facts: readonly (readonly [string, string])[]
}

export function page({ title, verdict, passed, sections, charts, facts }: Page): string {
  const figures = charts.map(
    ({ title }, i) => `<figure><figcaption>${escaped(title)}</figcaption><div id="chart-${i}"></div></figure>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${asset('uPlot.min.css')}${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<p class="${passed ? 'passed' : 'failed'}">${escaped(verdict)}</p>
${sections.join('\n')}
<div class="charts">${figures.join('\n')}</div>
<h2>Run</h2>${table(['', ''], facts, '')}
<script>${asset('uPlot.iife.min.js')}</script>
<script>const charts = ${JSON.stringify(charts).replaceAll('<', '\\u003c')};${DRAW}</script>
</body></html>
`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[], id: string): string {
  const cells = (row: readonly string[], tag: string) => row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')
  const body = rows
    .map((row) => `<tr${row[0]?.startsWith('not met') ? ' class="failed"' : ''}>${cells(row, 'td')}</tr>`)
    .join('')
  const header = head.some(Boolean) ? `<thead><tr>${cells(head, 'th')}</tr></thead>` : ''
  return `<div class="wide"><table${id ? ` id="${id}"` : ''}>${header}<tbody>${body}</tbody></table></div>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function asset(name: string): string {
  const main = createRequire(import.meta.url).resolve('uplot')
  return readFileSync(path.join(path.dirname(main), name), 'utf8')
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --back: #ffffff; --line: #d7dae0; --soft: #5b626d; --good: #157347; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --text: #e8eaed; --back: #16181c; --line: #3a3f47; --soft: #a5acb8; --good: #5bd08f; --bad: #ff8a80 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p.passed, p.failed { font-weight: 600; font-size: 1.1rem } .passed { color: var(--good) } .failed { color: var(--bad) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
td, th { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top } th { color: var(--soft); font-weight: 500 }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1.5rem; margin-top: 2rem }
figure { margin: 0 } figcaption { font-weight: 600; margin-bottom: .25rem } .u-legend { font-size: 12px; text-align: left }
`

/** Runs in the page. Colours also differ in lightness, in both modes. */
const DRAW = `
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');
const colours = () => dark.matches ? ['#6ea8fe', '#ffb454', '#7ee2b8', '#e599f7'] : ['#1f5fd1', '#c05a00', '#0b7a55', '#8e24aa'];
const plots = [];
function draw() {
  plots.splice(0).forEach((plot) => plot.destroy());
  charts.forEach((chart, i) => {
    const box = document.getElementById('chart-' + i);
    const axis = (label) => ({ label, stroke: css('--text'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') }, labelSize: 22 });
    const share = (v) => v == null ? '' : +(100 * (1 - 1 / v)).toFixed(2) + ' %';
    plots.push(new uPlot({
      width: box.clientWidth, height: 260,
      scales: { x: chart.logX ? { time: false, distr: 3 } : { time: false }, y: { range: (u, lo, hi) => [0, hi > 0 ? hi * 1.1 : 1] } },
      axes: [{ ...axis(chart.x), ...(chart.logX ? { values: (u, splits) => splits.map((v) => [1, 2, 10, 100, 1000, 10000].includes(v) ? share(v) : '') } : {}) }, axis(chart.y)],
      series: [{ label: chart.x, ...(chart.logX ? { value: (u, v) => share(v) } : {}) }, ...chart.series.map((label, s) => ({ label, stroke: colours()[s % 4], width: 2, points: { show: chart.data[0].length < 40 }, value: (u, v) => v == null ? '–' : +v.toPrecision(4) }))],
    }, chart.data, box));
  });
}
draw();
dark.addEventListener('change', draw);
addEventListener('resize', draw);
document.documentElement.dataset.drawn = String(plots.length);
`
