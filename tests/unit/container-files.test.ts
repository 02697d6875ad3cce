/** What stands in container files and in code says the same. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { modelVariables, registryVariables, serverVariables } from '@servery/core'

const ROOT = path.join(import.meta.dirname, '../..')
const file = readFileSync(path.join(ROOT, 'docker-compose.ci.yaml'), 'utf8')
const passed = (begin: string, end: string) =>
  [...file.slice(file.indexOf(begin), file.indexOf(end)).matchAll(/^ {2}([A-Z_0-9]+):/gm)].map((match) => match[1])

it('the server takes every one of its variables from the shell', () => {
  const known = Object.keys({ ...modelVariables.properties, ...serverVariables.properties })
  const names = passed('&server-environment', '&registry-environment')
  expect(names.filter((name) => name !== 'ENVIRONMENT').sort()).toEqual(known.sort())
})

it('the tasks take from the shell where the registry is and who they are', () => {
  // Files of this machine do not exist in a container, and only a push sets an alias.
  const notPassed = ['MLFLOW_TRACKING_SERVER_CERT_PATH', 'AWS_CA_BUNDLE', 'SERVERY_MODEL_ALIAS']
  const known = Object.keys(registryVariables.properties).filter((name) => !notPassed.includes(name))
  expect(passed('&registry-environment', '\nservices:')).toEqual(
    expect.arrayContaining([...known, 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']),
  )
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
