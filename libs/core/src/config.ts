/**
 * Typed configuration from dotenv files under the process environment, checked once at start and frozen.
 * Every variable is a field of a TypeBox schema that carries its default, range, unit and description.
 */
import { existsSync, readFileSync } from 'node:fs'
import { type Static, type TObject, type TProperties, type TSchema, Value } from '@servery/schema'
import { parse } from 'dotenv'
import { ServeryError } from './errors.ts'
import { INDEXED_VARIABLES, KNOWN_VARIABLES } from './variables.ts'

export interface ConfigSource {
  /** The process environment; takes precedence over the files. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Dotenv files; the first one that sets a variable takes precedence. */
  readonly files?: readonly string[]
  /** Variables that are known but not read here, such as those of a project when one of its tasks reads its files. */
  readonly others?: TObject
  /** Called with one sentence for every unknown `SERVERY_*` name in the environment. */
  readonly warn?: (sentence: string) => void
}

/** The fields of a schema: names of environment variables. */
export type ConfigSchema<P extends TProperties = TProperties> = TObject<P>

/**
 * Reads and checks every variable that `schema` names.
 *
 * @throws ServeryError `CONFIG_INVALID` with all problems at once, each naming the variable, its value and what is allowed
 */
export function loadConfig<P extends TProperties>(
  schema: ConfigSchema<P>,
  source: ConfigSource,
): Readonly<Static<ConfigSchema<P>>> {
  const fromFiles = readEnvFiles(source.files ?? [])
  const others = Object.keys(source.others?.properties ?? {})
  const names = [...new Set([...Object.keys(schema.properties), ...others, ...KNOWN_VARIABLES])]
  const problems = unknownNames([...fromFiles.keys()], names).map(
    (name) => `${name} in ${fromFiles.get(name)?.file}: ${hint(name, names)}`,
  )
  for (const name of unknownNames(Object.keys(source.environment), names)) {
    source.warn?.(`${name} is ignored: ${injectedReason(source.environment[name])}${hint(name, names)}`)
  }
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.properties)) {
    const set = fromFiles.get(name)
    if (isSecret(field) && set?.text)
      problems.push(`${name} in ${set.file}: a secret may only be set in the environment`)
    const text = source.environment[name] ?? set?.text
    if (text === undefined || text === '') {
      const fallback = (field as { default?: unknown }).default
      if (fallback !== undefined) values[name] = fallback
      else if (!isOptional(schema, name)) problems.push(`${name} is not set: ${describe(field)}`)
      continue
    }
    const value = convert(field, text)
    if (Value.Check(field, value)) values[name] = value
    else problems.push(`${name}=${text} is not valid: ${describe(field)}`)
  }
  if (problems.length > 0) {
    throw new ServeryError('CONFIG_INVALID', `The configuration is not valid:\n  ${problems.join('\n  ')}`)
  }
  return Object.freeze(values) as Readonly<Static<ConfigSchema<P>>>
}

/** The value of one variable, unchecked, for readers that need no other; undefined if it is not set or empty. */
export function readVariable(name: string, { environment, files = [] }: ConfigSource): string | undefined {
  return (environment[name] ?? readEnvFiles(files).get(name)?.text) || undefined
}

/** Describes the values that a field accepts, for messages and for docs/environment.md. */
export function describe(field: TSchema): string {
  const f = field as TSchema & Record<string, unknown>
  const choices = (f.anyOf as { const?: unknown }[] | undefined)?.map((choice) => choice.const)
  const kind = choices ? `one of ${choices.join(', ')}` : String(f.type ?? 'text')
  const range = [
    f.minimum === undefined ? '' : `at least ${f.minimum}`,
    f.maximum === undefined ? '' : `at most ${f.maximum}`,
    f.pattern === undefined ? '' : `matching ${f.pattern}`,
  ].filter(Boolean)
  return [`${kind}${range.length ? `, ${range.join(', ')}` : ''}`, f.description].filter(Boolean).join('. ')
}

/** The value of each variable, and the file that sets it. */
function readEnvFiles(files: readonly string[]): Map<string, { readonly text: string; readonly file: string }> {
  const set = new Map<string, { text: string; file: string }>()
  for (const file of files.toReversed()) {
    if (!existsSync(file)) throw new ServeryError('CONFIG_INVALID', `The configuration file ${file} does not exist.`)
    for (const [name, text] of Object.entries(parse(readFileSync(file)))) set.set(name, { text, file })
  }
  return set
}

function isOptional(schema: TObject, name: string): boolean {
  return !(schema.required as readonly string[] | undefined)?.includes(name)
}

/** Marked by `secret: true` in its schema. A secret must not be in a file: files are committed and copied into images. */
function isSecret(field: TSchema): boolean {
  return (field as { secret?: boolean }).secret === true
}

function convert(field: TSchema, text: string): unknown {
  const type = (field as { type?: string }).type
  if (type === 'boolean') return BOOLEANS.get(text.toLowerCase()) ?? text
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  return text
}

const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
])

function unknownNames(names: readonly string[], known: readonly string[]): string[] {
  return names.filter((name) => name.startsWith('SERVERY_') && !known.includes(name) && !INDEXED_VARIABLES.test(name))
}

/** Orchestrators inject `<SERVICE>_PORT=tcp://…` for every service of a namespace. */
function injectedReason(value: string | undefined): string {
  return value?.startsWith('tcp://') ? 'its value is a service address injected by an orchestrator; ' : ''
}

function hint(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return nearest && nearest.distance <= 6
    ? `unknown variable; the nearest known one is ${nearest.candidate}`
    : 'unknown variable'
}

/** Levenshtein distance, two rows. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    previous = row
  }
  return previous[b.length]!
}
