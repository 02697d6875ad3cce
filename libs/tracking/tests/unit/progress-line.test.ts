import { jest } from '@jest/globals'
import { progressLine } from '../../src/progress-line.ts'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

function linesOf(isTTY: boolean): { written: string[]; progress: ReturnType<typeof progressLine> } {
  const written: string[] = []
  return { written, progress: progressLine('TOY-1', { isTTY, write: (text) => written.push(text) }) }
}

describe('progressLine', () => {
  it('writes megabytes, rate and time left over one line of a terminal, at most every 100 ms, and ends it', () => {
    const { written, progress } = linesOf(true)
    jest.advanceTimersByTime(1_000)
    progress({ bytes: 2_000_000, ofBytes: 800_000_000 })
    jest.advanceTimersByTime(99)
    progress({ bytes: 3_000_000, ofBytes: 800_000_000 })
    jest.advanceTimersByTime(901)
    progress({ bytes: 600_000_000, ofBytes: 800_000_000 })
    progress({ bytes: 800_000_000, ofBytes: 800_000_000 })
    expect(written.map((line) => line.replace(/ +(\n?)$/, '$1'))).toEqual([
      '\rTOY-1: 2.0 of 800.0 MB, 2 MB/s, 6 min 39 s left',
      '\rTOY-1: 600.0 of 800.0 MB, 300 MB/s, 1 s left',
      '\rTOY-1: 800.0 of 800.0 MB, 400 MB/s\n',
    ])
    expect(written[1]!.length).toBeGreaterThanOrEqual(written[0]!.length)
  })

  it('writes a plain line every ten seconds where there is no terminal, and none of what is done sooner', () => {
    const { written, progress } = linesOf(false)
    progress({ bytes: 1_000_000, ofBytes: 8_000_000 })
    jest.advanceTimersByTime(10_000)
    progress({ bytes: 2_000_000, ofBytes: 8_000_000 })
    jest.advanceTimersByTime(9_999)
    progress({ bytes: 8_000_000, ofBytes: 8_000_000 })
    expect(written).toEqual(['TOY-1: 2.0 of 8.0 MB, 0 MB/s, 30 s left\n'])
  })
})
