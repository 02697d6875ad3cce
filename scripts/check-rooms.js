// Checks the imports of all sources, including type imports: imports between rooms (folders with rules) and packages must be those that scripts/rooms.json
// allows, and there must be no import cycles. Run by `make lint`.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** @returns {Record<string, string>} the text of every source file of a checkout, by its relative path */
export function readSources(root) {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', 'libs/*/src/*.ts', 'projects/*/serve/src/*.ts'],
    { cwd: root, encoding: 'utf8' },
  )
  const files = listed.trim().split('\n')
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))
}

/** @returns {string[]} a message for every import that the rules forbid */
export function wrongArrows(sources, rules) {
  return Object.entries(sources).flatMap(([file, source]) =>
    importsOf(source).flatMap((imported) => faultOf(file, imported, rules)),
  )
}

/**
 * Depth-first search: an import of a file that is still being visited closes a cycle.
 * @returns {string[][]} cycles as chains of files that begin and end with the same file; empty if there are none
 */
export function importCircles(sources) {
  const circles = []
  const done = new Set()
  const visit = (file, chain) => {
    if (done.has(file) || !(file in sources)) return
    if (chain.includes(file)) {
      circles.push([...chain.slice(chain.indexOf(file)), file])
      return
    }
    for (const imported of importsOf(sources[file]))
      if (imported.startsWith('.')) visit(targetOf(file, imported), [...chain, file])
    done.add(file)
  }
  for (const file of Object.keys(sources)) visit(file, [])
  return circles
}

/** The module names after `from`, `import` and `import(`, including those of `import type` and `export … from`. */
function importsOf(source) {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1])
}

function targetOf(file, imported) {
  return path.posix.join(path.posix.dirname(file), imported)
}

function faultOf(file, imported, rules) {
  const owners = rules.only[imported]
  if (owners && !owners.some((owner) => isBelow(file, owner)))
    return [`${file}: only ${owners.join(', ')} may import ${imported}`]
  if (imported.startsWith('.')) return roomFault(file, targetOf(file, imported), rules)
  return packageFault(file, imported, rules)
}

/** @param owner a file or folder; `*` stands for the name of one folder */
function isBelow(file, owner) {
  return new RegExp(`^${owner.replaceAll('*', '[^/]+')}(/|$)`).test(file)
}

/** Checks an import inside a package with rooms; its top-level files may import all rooms. */
function roomFault(file, target, rules) {
  if (file.startsWith('projects/') && !target.startsWith(file.split('/').slice(0, 3).join('/')))
    return [`${file}: a project imports packages by name, not ${target}`]
  for (const [root, rooms] of Object.entries(rules)) {
    const [from, to] = [roomIn(root, file), roomIn(root, target)]
    if (from === undefined || from === to || rooms[from] === undefined) continue
    if (to === undefined || !rooms[from].includes(to)) return [`${file}: room ${from} may not import ${to ?? target}`]
  }
  return []
}

function packageFault(file, imported, rules) {
  const name = imported.match(/^@servery\/([^/]+)/)?.[1]
  if (name === undefined) return []
  if (imported !== `@servery/${name}` && !rules.entries.includes(imported))
    return [`${file}: ${imported} reaches into a package`]
  const from = file.match(/^libs\/([^/]+)\//)?.[1]
  if (from === undefined)
    return rules.packages[name] && name !== 'testkit' ? [] : [`${file}: a project may not import ${name}`]
  return rules.packages[from].includes(name) ? [] : [`${file}: package ${from} may not import ${name}`]
}

function roomIn(root, file) {
  const [room, ...rest] = file.startsWith(`${root}/`) ? file.slice(root.length + 1).split('/') : []
  return rest.length > 0 ? room : undefined
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rules = JSON.parse(readFileSync(new URL('rooms.json', import.meta.url), 'utf8'))
  const sources = readSources('.')
  const arrows = wrongArrows(sources, rules)
  const circles = importCircles(sources)
  for (const arrow of arrows) console.error(arrow)
  for (const chain of circles) console.error(`import cycle: ${chain.join(' → ')}`)
  console.log(`rooms: ${arrows.length} forbidden imports, ${circles.length} import cycles`)
  process.exit(arrows.length + circles.length > 0 ? 1 : 0)
}
