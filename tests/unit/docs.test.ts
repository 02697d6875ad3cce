/** The documentation is true: links lead somewhere, generated pages are current, make help lists every target. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
const pages = tracked.filter((file) => file.endsWith('.md'))

/** Heading as an anchor, the way GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

it.each(pages)('%s has only links that lead somewhere', (page) => {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] as string)
    .filter((link) => !/^https?:/.test(link))
  const broken = links.filter((link) => {
    const [file, anchor] = link.split('#') as [string, string | undefined]
    const target = file === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), file)
    if (!existsSync(target)) return true
    if (anchor === undefined) return false
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) =>
      anchorOf(match[1] as string),
    )
    return !headings.includes(anchor)
  })
  expect(broken).toEqual([])
})

it('docs/request.md walks through files of the path of a request', () => {
  const links = [...readFileSync(path.join(ROOT, 'docs/request.md'), 'utf8').matchAll(/\]\((\.\.\/[^)#]+\.ts)/g)]
  expect(links.length).toBeGreaterThan(8)
})

it('generated pages are what the code says', () => {
  execFileSync('node', ['scripts/write-reference.js', '--check'], { cwd: ROOT })
})

it('every error code is explained', () => {
  const page = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8')
  const codes = readFileSync(path.join(ROOT, 'libs/core/src/errors.ts'), 'utf8')
    .match(/ERROR_CODES = \[([^\]]+)\]/)?.[1]
    ?.match(/[A-Z_]{4,}/g)
  for (const code of codes as string[]) expect(page).toContain(`### ${code.toLowerCase()}`)
})

it('make help lists every public target', () => {
  const help = execFileSync('make', ['help'], { cwd: ROOT, encoding: 'utf8' })
  for (const target of [
    'projects.start/%',
    'projects.run/%',
    'projects.test/%',
    'libs.test/%',
    'host.build',
    'host.start',
    'host.stop',
    'registry.push/%',
    'test',
    'lint',
    'bench',
    'docs',
    'help',
  ]) {
    expect(help).toMatch(new RegExp(`^ +${target.replace(/[.%/]/g, '\\$&')} `, 'm'))
  }
})

it.each([
  ['a project', ['projects.start/keyword'], /no project 'keyword'; choose one of: .*keywords/],
  ['a component', ['projects.start/keywords', 'COMPONENT=train'], /choose one of: serve/],
  ['a task', ['projects.run/keywords', 'TASK=downlod'], /choose one of: download-model upload-results/],
])('a wrong name of %s ends with status 2 and the right ones', (_, args, sentence) => {
  let outcome: { status?: number; stderr?: string } = {}
  try {
    execFileSync('make', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    outcome = error as typeof outcome
  }
  expect([outcome.status, outcome.stderr]).toEqual([2, expect.stringMatching(sentence)])
})
