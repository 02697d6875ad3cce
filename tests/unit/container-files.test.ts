/** What stands in container files and in code says the same. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { modelVariables, serverVariables } from '@servery/core'

const ROOT = path.join(import.meta.dirname, '../..')
const file = readFileSync(path.join(ROOT, 'docker-compose.ci.yaml'), 'utf8')
const environment = file.slice(file.indexOf('&server-environment'), file.indexOf('&registry-environment'))

it('the server takes every one of its variables from the shell', () => {
  const known = Object.keys({ ...modelVariables.properties, ...serverVariables.properties })
  const passed = [...environment.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1])
  expect(passed.filter((name) => name !== 'ENVIRONMENT').sort()).toEqual(known.sort())
})

it('a container that stops has more time than a request may take', () => {
  const grace = Number(file.match(/stop_grace_period: (\d+)s/)?.[1]) * 1_000
  const timeout = serverVariables.properties.SERVERY_REQUEST_TIMEOUT_MS as unknown as { default: number }
  expect(grace).toBeGreaterThan(timeout.default)
})

it('the GPU base brings the libraries of the ONNX Runtime that is locked', () => {
  const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8')
  const version = read('docker/base/gpu.Dockerfile').match(/ONNXRUNTIME_VERSION=(\S+)/)?.[1]
  expect(version).toBe(JSON.parse(read('package-lock.json')).packages['node_modules/onnxruntime-node'].version)
})
