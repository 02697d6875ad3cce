/** Every compose file, for every project, environment and device, as the engine reads it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../checkout.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly target: string }
  readonly profiles: string[]
  readonly depends_on?: Record<string, { condition: string }>
  readonly read_only?: boolean
  readonly init?: boolean
  readonly cap_drop?: string[]
  readonly mem_limit?: string
  readonly cpus?: number
  readonly ports?: { host_ip: string }[]
  readonly devices?: unknown[]
  readonly deploy?: { resources: { reservations: { devices: { driver: string; count: number }[] } } }
  readonly environment?: Record<string, string | null>
}

const projects = readdirSync(path.join(ROOT, 'projects')).filter((name) =>
  existsSync(path.join(ROOT, 'projects', name, 'serve/package.json')),
)
const cases = projects.flatMap((project) =>
  ['dev', 'ci'].flatMap((environment) => ['cpu', 'gpu', 'neuron'].map((device) => [project, environment, device])),
)

/** Profiles that belong to the host alone. */
const HOST = ['host', 'host-download-models']

function services(project: string, environment: string, device: string, more: Record<string, string> = {}) {
  const env = { ...process.env, ENVIRONMENT: environment, DEVICE: device, ...more }
  const args = [project, '--profile', '*', 'config', '--format', 'json']
  const text = execFileSync('docker/compose.sh', args, { cwd: ROOT, env, encoding: 'utf8' })
  return (JSON.parse(text) as { services: Record<string, Service> }).services
}

describe.each(cases as [string, string, string][])('%s, %s, %s', (project, environment, device) => {
  const all = services(project, environment, device)
  const required = ['serve', 'unit', 'integration', 'functional', 'load', 'download-model', 'upload-results']

  it('has every service', () => {
    const names = required.map((name) => (name === 'serve' ? name : `serve-${name}`))
    expect(Object.keys(all)).toEqual(expect.arrayContaining(names))
  })

  it.each(Object.entries(all).filter(([name]) => name.startsWith('serve') || HOST.includes(name)))(
    '%s is locked down and bounded',
    (_, service) => {
      expect(service).toMatchObject({ read_only: true, init: true, cap_drop: ['ALL'] })
      expect(Number(service.mem_limit)).toBeGreaterThan(0)
      expect(Number(service.cpus)).toBeGreaterThan(0)
      for (const port of service.ports ?? []) expect(port.host_ip).toBe('127.0.0.1')
    },
  )

  it('what a service depends on has all of its profiles', () => {
    for (const service of Object.values(all)) {
      for (const needed of Object.keys(service.depends_on ?? {})) {
        expect(all[needed]?.profiles).toEqual(expect.arrayContaining(service.profiles))
      }
    }
  })
})

it('the load suite of continuous integration judges the production stage', () => {
  const { serve } = services('keywords', 'ci', 'cpu', { TARGET: 'production' })
  expect(serve).toMatchObject({
    image: 'local/keywords-serve:dev-production',
    build: { target: 'production' },
    environment: { ENVIRONMENT: 'prod' },
  })
})

it.each(['dev', 'ci'])('the host takes the variables of all projects from the shell: %s', (environment) => {
  const { host } = services('host', environment, 'cpu', { SERVERY_ENTITY_FISHING_NER: 'http://ner-serve:8000' })
  expect(host?.environment).toMatchObject({
    ENVIRONMENT: 'prod',
    SERVERY_MODEL_REPOSITORY: '/models',
    SERVERY_ENTITY_FISHING_NER: 'http://ner-serve:8000',
  })
  const taken = Object.keys(host?.environment ?? {})
  for (const project of projects) {
    const { serve } = services(project, environment, 'cpu')
    expect(taken).toEqual(
      expect.arrayContaining(Object.keys(serve?.environment ?? {}).filter((name) => name.startsWith('SERVERY_'))),
    )
  }
})

it('the GPU overlay reserves one device, or as many as are asked for', () => {
  const [one, two] = [{}, { GPU_COUNT: '2' }].map((env) => services('keywords', 'ci', 'gpu', env).serve)
  const reserved = (service?: Service) => service?.deploy?.resources.reservations.devices[0]
  expect(reserved(one)).toMatchObject({ driver: 'nvidia', count: 1 })
  expect(reserved(two)).toMatchObject({ driver: 'nvidia', count: 2 })
  expect(one?.environment).toMatchObject({ SERVERY_DEVICE: 'gpu' })
})

it('the Neuron overlay passes the devices of the list', () => {
  const [one, two] = [{}, { NEURON_DEVICES: '/dev/neuron0 /dev/neuron3' }].map(
    (env) => services('keywords', 'ci', 'neuron', env).serve,
  )
  expect(one?.devices).toHaveLength(1)
  expect(JSON.stringify(two?.devices)).toMatch(/neuron0.*neuron3/)
  expect(one?.environment).toMatchObject({ SERVERY_DEVICE: 'neuron' })
})
