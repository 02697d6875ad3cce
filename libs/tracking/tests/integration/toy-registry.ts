/** A repository in a temporary folder whose registry holds TOY-COMPILED-1, for the tests beside this file. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadConfig, registryVariables } from '@servery/core'
import { type ModelRegistry, openRegistry } from '../../src/index.ts'

/** A registry with default settings. */
export function registryAt(MLFLOW_TRACKING_URI: string, rootDirectory: string): ModelRegistry {
  return openRegistry(loadConfig(registryVariables, { environment: { MLFLOW_TRACKING_URI } }), rootDirectory)
}

export class ToyRegistry {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'servery-registry-'))
  readonly registry = registryAt('file:./registry', this.root)
  /** Where downloads go. */
  readonly target = path.join(this.root, 'models', 'TOY-COMPILED-1')

  static async create(): Promise<ToyRegistry> {
    const toy = new ToyRegistry()
    mkdirSync(path.join(toy.root, 'models'))
    await toy.registry.register(toy.versionFolder('first'), 'TOY-COMPILED')
    return toy
  }

  /** A folder with a version whose artifact of 1 MB is made of `content`. */
  versionFolder(content: string): string {
    const folder = path.join(this.root, `made-${content}`)
    write(path.join(folder, 'model_card.json'), JSON.stringify({ name: content }))
    write(path.join(folder, 'model_artifacts', 'model.onnx'), content.repeat(Math.ceil(1_000_000 / content.length)))
    write(path.join(folder, 'model_artifacts', 'deep', 'more.bin'), content)
    write(path.join(folder, 'test_files', 'predictions.json'), '[]')
    return folder
  }

  /** A path in the registry's TOY-COMPILED-1. */
  stored(file = ''): string {
    return path.join(this.root, 'registry', 'TOY-COMPILED', '1', file)
  }

  async download(): Promise<boolean> {
    return this.registry.download(await this.registry.resolve('TOY-COMPILED-1'), this.target)
  }

  /** Hidden names beside the target, where unfinished copies lie. */
  leftovers(): string[] {
    return readdirSync(path.dirname(this.target)).filter((name) => name.startsWith('.'))
  }

  /** Arguments for node: `body` with `registry`, `target` and `version` (TOY-COMPILED-1) in scope; exit status 3 and the sentence when it fails. */
  script(body: string): string[] {
    const script = `
      import { loadConfig, registryVariables } from '@servery/core'
      import { openRegistry } from '@servery/tracking'
      const registry = openRegistry(loadConfig(registryVariables, { environment: {} }), ${JSON.stringify(this.root)})
      const target = ${JSON.stringify(this.target)}
      const version = await registry.resolve('TOY-COMPILED-1')
      try { ${body} } catch (error) {
        console.error(error.message)
        process.exit(3)
      }`
    return ['--input-type=module', '-e', script]
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Writes a file, and the folders above it. */
export function write(file: string, content: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** Every file below a folder with its hash: equal before and after means untouched. */
export function snapshot(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true }) as string[]
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile()).sort()
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex')
  return Object.fromEntries(files.map((name) => [name, hash(name)]))
}
