// Writes serve/data/knowledge.jsonl and serve/data/sources.json: names and Wikidata ids copied out of two npm packages, and where each
// id stands in them. No id comes from anywhere else. Usage: npm install && node knowledge.js
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { borders } from '@rapideditor/country-coder'

const here = (file) => path.join(import.meta.dirname, file)
const json = (file) => JSON.parse(readFileSync(here(`node_modules/${file}`), 'utf8'))

/** An organisation of fewer pages and accounts on the web is left out: too rarely meant. */
const LEAST_PAGES = 3
const ID = /^Q[1-9]\d*$/

const entries = new Map()
for (const { properties } of borders.features) addTerritory(properties)
const { nsi } = json('name-suggestion-index/dist/json/nsi.min.json')
const { wikidata } = json('name-suggestion-index/dist/wikidata/wikidata.min.json')
for (const [tree, { items }] of Object.entries(nsi))
  for (const { displayName, tags } of items) addNamed(tree, displayName, tags)

const sorted = [...entries.values()].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
const lines = sorted.map(({ id, type, source, prior, names, context }) => {
  const [name, ...aliases] = names
  return JSON.stringify({ id, name, aliases, type, prior: Number(prior.toFixed(2)), context, source })
})
const text = `${lines.join('\n')}\n`
writeFileSync(here('../serve/data/knowledge.jsonl'), text)
writeFileSync(
  here('../serve/data/sources.json'),
  `${JSON.stringify({ entries: sorted.length, sha256: createHash('sha256').update(text).digest('hex'), sources: sources() }, null, 2)}\n`,
)
console.log(`${sorted.length} entries`)

/** Countries, territories, regions and continents. */
function addTerritory({ wikidata: id, nameEn, aliases = [], level }) {
  if (!ID.test(id ?? '') || !nameEn) return
  const isCountry = level === 'country'
  add({
    id,
    type: 'LOC',
    source: 'country-coder',
    prior: isCountry ? 1 : 0.8,
    names: [nameEn, ...aliases.filter(isName)],
    context: '',
  })
}

/** Codes such as GB-ENG are no names that a text uses. */
function isName(alias) {
  return alias.length > 1 && !/^[A-Z]{2,3}-|^\d/.test(alias)
}

/** Brands, operators and, of flags, the places they fly for. */
function addNamed(tree, displayName, tags) {
  if (tree.startsWith('flags/')) {
    const { subject, 'subject:wikidata': id } = tags
    if (ID.test(id ?? '') && subject)
      add({ id, type: 'LOC', source: 'name-suggestion-index', prior: 0.6, names: [subject], context: '' })
    return
  }
  const kind = ['brand', 'operator', 'network'].find((key) => ID.test(tags[`${key}:wikidata`] ?? ''))
  if (kind === undefined) return
  const id = tags[`${kind}:wikidata`]
  const about = wikidata[id]
  const pages = Object.keys(about?.identities ?? {}).length + (about?.officialWebsites?.length ?? 0)
  if (about?.label === undefined || pages < LEAST_PAGES) return
  const spelled = [about.label, displayName, tags[kind], tags[`${kind}:en`], tags.short_name, tags.official_name]
  const prior = Math.min(0.5, 0.1 * Math.log2(pages))
  add({
    id,
    type: 'ORG',
    source: 'name-suggestion-index',
    prior,
    names: spelled.filter(Boolean),
    context: about.description ?? '',
  })
}

function add(entry) {
  const known = entries.get(entry.id)
  if (known === undefined) entries.set(entry.id, { ...entry, names: [...new Set(entry.names)] })
  else known.names = [...new Set([...known.names, ...entry.names])]
}

function sources() {
  return ['@rapideditor/country-coder', 'name-suggestion-index'].map((name) => {
    const { version, license } = json(`${name}/package.json`)
    return { package: name, version, license }
  })
}
