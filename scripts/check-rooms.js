// Checks the arrows between rooms and packages against scripts/rooms.json, type imports included. Run by `make lint`.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const rules = JSON.parse(readFileSync(new URL('rooms.json', import.meta.url), 'utf8'))
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'libs/*/src/*.ts', 'projects/*/serve/src/*.ts'],
  { encoding: 'utf8' },
)
const faults = files
  .trim()
  .split('\n')
  .flatMap((file) => importsOf(file).flatMap((imported) => faultOf(file, imported)))

for (const fault of faults) console.error(fault)
console.log(`rooms: ${faults.length} arrows point the wrong way`)
process.exit(faults.length > 0 ? 1 : 0)

function importsOf(file) {
  const source = readFileSync(file, 'utf8')
  return [...source.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1])
}

function faultOf(file, imported) {
  const owners = rules.only[imported]
  if (owners && !owners.some((owner) => file.startsWith(`${owner}/`)))
    return [`${file}: only ${owners.join(', ')} may import ${imported}`]
  if (imported.startsWith('.')) return roomFault(file, path.posix.join(path.posix.dirname(file), imported))
  return packageFault(file, imported)
}

/** An import inside a package that has rooms; files at its top may import every room. */
function roomFault(file, target) {
  if (file.startsWith('projects/') && !target.startsWith(file.split('/').slice(0, 3).join('/')))
    return [`${file}: a project imports packages by name, not ${target}`]
  for (const [root, rooms] of Object.entries(rules)) {
    const [from, to] = [roomIn(root, file), roomIn(root, target)]
    if (from === undefined || from === to || rooms[from] === undefined) continue
    if (to === undefined || !rooms[from].includes(to)) return [`${file}: room ${from} may not import ${to ?? target}`]
  }
  return []
}

function packageFault(file, imported) {
  const name = imported.match(/^@servery\/([^/]+)/)?.[1]
  if (name === undefined) return []
  if (imported !== `@servery/${name}`) return [`${file}: ${imported} reaches into a package`]
  const from = file.match(/^libs\/([^/]+)\//)?.[1]
  if (from === undefined)
    return rules.packages[name] && name !== 'testkit' ? [] : [`${file}: a project may not import ${name}`]
  return rules.packages[from].includes(name) ? [] : [`${file}: package ${from} may not import ${name}`]
}

function roomIn(root, file) {
  const [room, ...rest] = file.startsWith(`${root}/`) ? file.slice(root.length + 1).split('/') : []
  return rest.length > 0 ? room : undefined
}
