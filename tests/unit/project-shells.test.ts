/** The shells of all projects are those of the template; what a project says of itself stands in its package.json. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../checkout.ts'

const TEMPLATE = 'templates/project/serve'
const SHELLS = ['download-model', 'model-server', 'upload-test-results']
const read = (...parts: string[]) => readFileSync(path.join(ROOT, ...parts), 'utf8')

const projects = readdirSync(path.join(ROOT, 'projects')).map((name) => `projects/${name}/serve`)

describe.each([...projects, TEMPLATE])('%s', (serve) => {
  const manifest = JSON.parse(read(serve, 'package.json'))

  it.each(SHELLS)('has %s as the template has it, and a script of that name', (shell) => {
    expect(read(serve, 'src', `${shell}.ts`)).toBe(read(TEMPLATE, 'src', `${shell}.ts`))
    expect(manifest.scripts[shell]).toBe(`node dist/${shell}.js`)
  })

  it('exports nothing: no package imports a project', () => {
    expect(manifest).not.toHaveProperty('exports')
  })

  it('is named as its folder, which is the name of the model', () => {
    const folder = serve === TEMPLATE ? '__name__' : path.basename(path.dirname(serve))
    expect(manifest.name).toBe(`@servery/${folder}`)
  })

  it('configures in default.env what is the same in all environments', () => {
    expect(existsSync(path.join(ROOT, serve, 'config/default.env'))).toBe(true)
  })
})
