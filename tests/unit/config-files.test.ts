/** The configuration of every project, by environment. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../checkout.ts'

const projects = readdirSync(path.join(ROOT, 'projects'))

const versionOf = (project: string, environment: string): string | undefined =>
  readFileSync(path.join(ROOT, 'projects', project, `serve/config/${environment}.env`), 'utf8').match(
    /^SERVERY_MODEL_VERSION=(.*)$/m,
  )?.[1]

it.each(projects)('%s: what continuous integration judges is the version that production serves', (project) => {
  expect(versionOf(project, 'ci')).toBe(versionOf(project, 'prod'))
})
