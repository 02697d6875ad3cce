/** The last step of a compile as it is run: a process that answers the requests of a version and files the answers with it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readRecordings, recordingsFile, requestsFile } from '@servery/model-version'

const COMMAND = path.join(import.meta.dirname, '../../dist/record-command.js')
const TOY = pathToFileURL(path.join(import.meta.dirname, '../fixtures/toy/served-model.js'))

let serve: string
let version: string
beforeEach(() => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-record-'))
  serve = path.join(folder, 'serve')
  version = path.join(folder, 'TOY-COMPILED')
  write(path.join(serve, 'package.json'), '{"name":"@servery/toy","type":"module"}')
  write(path.join(serve, 'dist/served-model.js'), `export { default } from '${TOY}'`)
  write(path.join(version, 'model_card.json'), '{"name":"TOY-COMPILED"}')
  write(requestsFile(version), JSON.stringify([{ inputs: { content: 'two words' } }]))
})
afterEach(() => rmSync(path.dirname(serve), { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function record(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' })
  return { status, stderr }
}

it('files what the model of the component answers', () => {
  expect(record(serve, version)).toEqual({ status: 0, stderr: '' })
  expect(readRecordings(recordingsFile(version))).toEqual([
    { operation: 'predict', configuration: {}, inputs: [{ content: 'two words' }], outputs: [{ words: 2 }] },
  ])
})

it('says in one line what is wrong', () => {
  expect(record(serve)).toEqual({
    status: 78,
    stderr: 'Usage: record-command <serve directory> <version folder>\n',
  })
  rmSync(path.join(version, 'model_card.json'))
  expect(record(serve, version)).toEqual({
    status: 70,
    stderr: `The card of ${version} is missing or not valid JSON.\n`,
  })
})
