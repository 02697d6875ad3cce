/** Faults that a test cannot cause in a portable way are thrown where the file system would throw them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { moveReplacing, withStagedFolder } from '../../src/staging/staged-folder.ts'
import { snapshot, write } from './toy-registry.ts'

let parent: string
let target: string
beforeEach(() => {
  parent = mkdtempSync(path.join(os.tmpdir(), 'servery-staged-'))
  target = path.join(parent, 'target')
  write(path.join(target, 'file'), 'what was there')
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const fault = (code: string) => Object.assign(new Error(`${code}: raw`), { code, path: '/some/where' })

describe('withStagedFolder', () => {
  it.each([
    ['ENOSPC', 'is full; free some space and try again. Existing files are unchanged.'],
    ['EDQUOT', 'is full; free some space and try again. Existing files are unchanged.'],
    ['EACCES', 'This user may not read or write /some/where; existing files are unchanged.'],
    ['EROFS', 'This user may not read or write /some/where; existing files are unchanged.'],
    ['EBUSY', 'is a mount point and cannot be replaced; mount the folder above it.'],
  ])('explains %s in a sentence and removes what was begun', async (code, sentence) => {
    const failing = withStagedFolder(target, async (partial) => {
      write(path.join(partial, 'file'), 'new')
      throw fault(code)
    })
    await expect(failing).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(sentence),
    })
    expect(readdirSync(parent)).toEqual(['target'])
    expect(readFileSync(path.join(target, 'file'), 'utf8')).toBe('what was there')
  })
})

describe('moveReplacing', () => {
  const replace = (options: Parameters<typeof moveReplacing>[2]) =>
    withStagedFolder(target, async (partial) => {
      write(path.join(partial, 'file'), 'new')
      await moveReplacing(partial, target, options)
    })

  it('puts the old folder back when what is to be kept cannot be copied', async () => {
    const before = snapshot(target)
    const keep = () => Promise.reject(fault('ENOSPC'))
    await expect(replace({ keep })).rejects.toThrow('is full')
    expect(snapshot(target)).toEqual(before)
    expect(readdirSync(parent)).toEqual(['target'])
  })

  it('replaces what another process puts there meanwhile and keeps from both', async () => {
    const kept: string[] = []
    const keep = async (replaced: string) => {
      kept.push(readFileSync(path.join(replaced, 'file'), 'utf8'))
      if (!existsSync(target) && kept.length === 1) write(path.join(target, 'file'), 'of another process')
    }
    await replace({ keep })
    expect(kept).toEqual(['what was there', 'of another process'])
    expect(readFileSync(path.join(target, 'file'), 'utf8')).toBe('new')
    expect(readdirSync(parent)).toEqual(['target'])
  })

  it('leaves the target when it is done already', async () => {
    await replace({ isDone: async () => true })
    expect(readFileSync(path.join(target, 'file'), 'utf8')).toBe('what was there')
    expect(readdirSync(parent)).toEqual(['target'])
  })
})
