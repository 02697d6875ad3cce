/** A start that cannot be trusted stops with a sentence and its exit status. */
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { artifactsDirectory, recordingsFile } from '@servery/model-version'
import { serveProcess } from '../served-process.ts'
import type { Contract, WrongArtifact } from './contract.ts'
import type { ProjectUnderTest } from './project-under-test.ts'

const TIMEOUT_MS = 300_000

export function describeStart({ project, environment, wrongArtifacts }: Contract): void {
  const start = (more: Record<string, string> = {}) =>
    serveProcess(project.entry, { SERVERY_NUM_WORKERS: '1', ...environment, ...more })

  it(
    'a taken port is a sentence',
    async () => {
      const taker = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
      await once(taker, 'listening')
      const { port } = taker.address() as AddressInfo
      const sentence = new RegExp(`ended with 78.*Port ${port} is taken`, 's')
      await expect(start({ SERVERY_PORT: String(port) })).rejects.toThrow(sentence)
      taker.close()
    },
    TIMEOUT_MS,
  )

  if (!project.isCodeOnly) describeArtifacts(project, wrongArtifacts, start)
}

type Start = (more?: Record<string, string>) => ReturnType<typeof serveProcess>

/** Starts from a copy of the version that was changed. */
function describeArtifacts(
  { directory: original, version }: ProjectUnderTest,
  wrongArtifacts: readonly WrongArtifact[],
  start: Start,
): void {
  let directory: string

  beforeEach(() => {
    directory = path.join(mkdtempSync(path.join(os.tmpdir(), 'servery-start-')), version)
    cpSync(original, directory, { recursive: true })
  })
  afterEach(() => rmSync(path.dirname(directory), { recursive: true }))

  const startCopy = (more: Record<string, string> = {}) => start({ SERVERY_MODEL_DIRECTORY: directory, ...more })

  it(
    'answers that drift from the recorded ones refuse readiness, unless SERVERY_SELF_TEST=warn',
    async () => {
      const file = recordingsFile(directory)
      writeFileSync(file, drifted(readFileSync(file, 'utf8')))
      const sentence = /ended with 70.*does not answer as recorded.*SERVERY_SELF_TEST=warn/s
      await expect(startCopy()).rejects.toThrow(sentence)
      const server = await startCopy({ SERVERY_SELF_TEST: 'warn' })
      await server.logged('does not answer as recorded')
      expect(await server.stop()).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'a damaged artifact is a sentence',
    async () => {
      for (const file of readdirSync(artifactsDirectory(directory)).filter((name) => name.endsWith('.onnx')))
        truncateSync(path.join(artifactsDirectory(directory), file), 1_000)
      await expect(startCopy()).rejects.toThrow(/ended with 70.*could not be loaded/s)
    },
    TIMEOUT_MS,
  )

  for (const { file, content, sentence } of wrongArtifacts)
    it(
      `a wrong ${file} is named`,
      async () => {
        writeFileSync(path.join(artifactsDirectory(directory), file), content)
        await expect(startCopy()).rejects.toThrow(new RegExp(`ended with 70.*${sentence}`, 's'))
      },
      TIMEOUT_MS,
    )

  it(
    'a device that is not there stops the start',
    async () => {
      await expect(startCopy({ SERVERY_DEVICE: 'neuron' })).rejects.toThrow(/ended with 70.*[Nn]euron/s)
    },
    TIMEOUT_MS,
  )
}

/** The first number with a fraction in the recorded answers is a hundredth larger. */
function drifted(recordings: string): string {
  return recordings.replace(/(?<=[:[,]\s*)-?0\.\d{3,}/, (number) => String(Number(number) + 0.01))
}
