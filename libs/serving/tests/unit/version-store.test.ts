/** The versions on disk: which are found, which definition answers them, and that their content never changes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createManifest } from '@servery/model-version'
import type { ModelDefinition } from '../../src/model/model.ts'
import { VersionStore } from '../../src/repository/version-store.ts'
import { newRepository, writeVersion } from '../fixtures/labels/versions.ts'

const repository = newRepository()
afterAll(() => rmSync(repository, { recursive: true, force: true }))

const labels = { name: 'labels' } as unknown as ModelDefinition

function storeWith(more: Partial<ConstructorParameters<typeof VersionStore>[0]> = {}): VersionStore {
  return new VersionStore({
    definitions: new Map([['labels', labels]]),
    settingsOf: () => ({ device: 'cpu' }),
    repository,
    directoryOf: () => undefined,
    verify: false,
    ...more,
  })
}

const open = (store: VersionStore, name: string, version: string) => {
  const place = store.find(name, version)
  if (place === undefined) throw new Error('not found')
  return store.open(place)
}

it('lists and finds what lies in the repository, and nothing by names that are no names of folders', () => {
  writeVersion(repository, 'found', 'FOUND-1', { label: 'a' })
  mkdirSync(path.join(repository, '.hidden/HIDDEN-1'), { recursive: true })
  const store = storeWith()
  expect([store.names.includes('found'), store.versionsOf('found')]).toEqual([true, ['FOUND-1']])
  expect(store.names).not.toContain('.hidden')
  expect(store.find('found', 'FOUND-1')).toMatchObject({ isInRepository: true })
  for (const [name, version] of [
    ['.hidden', 'HIDDEN-1'],
    ['found', '..'],
    ['..', 'found'],
    ['a/b', 'c'],
    ['found', ''],
    ['found', 'FOUND-2'],
  ])
    expect(store.find(name as string, version as string)).toBeUndefined()
})

it('names the project that a version needs and the server does not have', async () => {
  const folder = path.join(repository, 'other/OTHER-1')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'model_card.json'), '{"definition": "elsewhere"}')
  await expect(open(storeWith(), 'other', 'OTHER-1')).rejects.toThrow(
    "No project 'elsewhere' answers OTHER-1 of other; this server has labels.",
  )
})

it('takes a folder without a manifest, and holds one with a manifest against it', async () => {
  writeVersion(repository, 'sealed', 'SEALED-1', { label: 'a' })
  const folder = path.join(repository, 'sealed/SEALED-1')
  const { digest } = await open(storeWith(), 'sealed', 'SEALED-1')
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(await createManifest(folder)))
  expect((await open(storeWith(), 'sealed', 'SEALED-1')).digest).toBe(digest)
  writeVersion(repository, 'sealed', 'SEALED-1', { label: 'b' })
  await expect(open(storeWith(), 'sealed', 'SEALED-1')).rejects.toThrow(/label.json of .* does not have the SHA-256/)
})

it('refuses other content under the same version, once it has been loaded', async () => {
  writeVersion(repository, 'fixed', 'FIXED-1', { label: 'half a' })
  const store = storeWith()
  await open(store, 'fixed', 'FIXED-1')
  writeVersion(repository, 'fixed', 'FIXED-1', { label: 'a' })
  store.loaded(await open(store, 'fixed', 'FIXED-1'))
  await open(store, 'fixed', 'FIXED-1')
  writeVersion(repository, 'fixed', 'FIXED-1', { label: 'b' })
  await expect(open(store, 'fixed', 'FIXED-1')).rejects.toMatchObject({ code: 'VERSION_CONFLICT' })
})

it('asks for a manifest outside the repository where files are to be verified', async () => {
  writeVersion(repository, 'bare', 'BARE-1', { label: 'a' })
  const outside = {
    repository: undefined,
    directoryOf: (name: string, version: string) => path.join(repository, name, version),
  }
  expect((await open(storeWith(outside), 'bare', 'BARE-1')).digest).toMatch(/^[0-9a-f]{64}$/)
  await expect(open(storeWith({ ...outside, verify: true }), 'bare', 'BARE-1')).rejects.toThrow(
    /manifest .* is missing/,
  )
})
