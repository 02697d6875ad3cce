import path from 'node:path'
import { affected, matrixOf, readProjects } from '../../scripts/affected.js'

const projects = [
  {
    name: 'alpha',
    libraries: ['core', 'serving', 'onnx'],
    models: ['ALPHA-COMPILED'],
    device: 'cpu',
    suites: ['unit'],
  },
  { name: 'beta', libraries: ['core', 'serving', 'text'], models: [], device: 'gpu', suites: ['unit', 'load'] },
]
const reached = (...files: string[]) => [...affected(files, projects).keys()]

it.each([
  ['a library that one project uses', 'libs/onnx/src/session.ts', ['alpha']],
  ['a library that all use', 'libs/serving/src/serve.ts', ['alpha', 'beta']],
  ['a library that none uses', 'libs/hashing/src/minhash.ts', []],
  ['a project', 'projects/beta/serve/src/served-model.ts', ['beta']],
  ['the compose file of a project', 'projects/alpha/docker-compose.ci.yaml', ['alpha']],
  ['a shared compose file', 'docker-compose.ci.yaml', ['alpha', 'beta']],
  ['the Dockerfile', 'docker/serve.Dockerfile', ['alpha', 'beta']],
  ['a base image', 'docker/base/cpu.Dockerfile', ['alpha', 'beta']],
  ['the lock file', 'package-lock.json', ['alpha', 'beta']],
  ['a model in the embedded registry', 'registry/ALPHA-COMPILED/2/model_card.json', ['alpha']],
  ['a page of documentation', 'docs/architecture.md', []],
  ['the README of a project', 'projects/alpha/README.md', []],
  ['training', 'projects/alpha/train/train.py', []],
  ['a benchmark', 'bench/keywords.js', []],
  ['a file that nobody thought of', 'new-file.cfg', ['alpha', 'beta']],
])('a change in %s', (_, file, names) => {
  expect(reached(file)).toEqual(names)
})

it('gives the first reason for each project', () => {
  const reasons = affected(['docs/a.md', 'libs/text/src/words.ts', 'docker/suite.sh'], projects)
  expect(reasons.get('beta')).toBe('libs/text/src/words.ts (library text)')
  expect(reasons.get('alpha')).toBe('docker/suite.sh (shared by all projects)')
})

it('makes one row of the matrix for each project that is reached', () => {
  expect(matrixOf(projects, ['beta'])).toEqual({
    include: [{ project: 'beta', device: 'gpu', runner: 'gpu', suites: ['unit', 'load'] }],
  })
  expect(matrixOf(projects, [])).toEqual({ include: [] })
})

it('reads the libraries of a project from the workspaces, also those it uses through others', () => {
  const keywords = readProjects(path.join(import.meta.dirname, '../..')).find(({ name }) => name === 'keywords')
  expect(keywords?.libraries).toEqual(
    expect.arrayContaining(['core', 'onnx', 'serving', 'text', 'tracking', 'testkit']),
  )
  expect(keywords?.libraries).not.toContain('hashing')
  expect(keywords?.models).toEqual(['KEYWORDS-COMPILED'])
  expect(keywords?.suites).toEqual(['unit', 'integration', 'functional', 'load'])
})
