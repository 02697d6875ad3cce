import { jest } from '@jest/globals'
import { progressLine } from '../../src/progress-line.ts'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

function linesOf(isTTY: boolean): { written: string[]; progress: ReturnType<typeof progressLine> } {
  const written: string[] = []
  return { written, progress: progressLine('TOY-1', { isTTY, write: (text) => written.push(text) }) }
}

describe('progressLine', () => {
  it('writes megabytes and rate over one line of a terminal, at most every 100 ms, and ends it', () => {
    const { written, progress } = linesOf(true)
    jest.advanceTimersByTime(1_000)
    progress({ bytes: 2_000_000, ofBytes: 8_000_000 })
    jest.advanceTimersByTime(99)
    progress({ bytes: 3_000_000, ofBytes: 8_000_000 })
    jest.advanceTimersByTime(901)
    progress({ bytes: 6_000_000, ofBytes: 8_000_000 })
    progress({ bytes: 8_000_000, ofBytes: 8_000_000 })
    expect(written).toEqual([
      '\rTOY-1: 2.0 of 8.0 MB, 2 MB/s',
      '\rTOY-1: 6.0 of 8.0 MB, 3 MB/s',
      '\rTOY-1: 8.0 of 8.0 MB, 4 MB/s\n',
    ])
  })

  it('is silent where there is no terminal', () => {
    const { written, progress } = linesOf(false)
    progress({ bytes: 1, ofBytes: 1 })
    expect(written).toEqual([])
  })
})
