/** The load generators against servers that misbehave on purpose: what is counted is what the server knows it did. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { LoadRun } from '../../src/measurement/load-run.ts'
import { measure } from '../../src/measurement/measurements.ts'
import type { EndpointRecord } from '../../src/measurement/recorder.ts'
import { type RunOptions, runLoad } from '../../src/run-load.ts'
import type { UserGroup } from '../../src/workload/user-groups.ts'
import {
  ANSWER,
  type Behave,
  type MisbehavingServer,
  misbehavingServer,
  RIGHT,
  right,
} from '../fixtures/misbehaving-server.ts'

const mix = { recorded: 1 }
const GROUPS: Readonly<Record<UserGroup['loop'], UserGroup>> = {
  closed: { loop: 'closed', connections: 2, mix },
  open: { loop: 'open', perSecond: 40, mix },
  users: { loop: 'users', users: 3, thinkSeconds: [0.02, 0.02], mix },
}
const LOOPS = Object.keys(GROUPS) as UserGroup['loop'][]
const predict = { method: 'POST', path: '/predict', body: '{"inputs":[]}', expected: ANSWER } as const

let server: MisbehavingServer
afterEach(() => server.close())

/** Everything that is sent counts, unless `options` say otherwise. */
async function run(behave: Behave, group: UserGroup, options: Partial<RunOptions> = {}): Promise<LoadRun> {
  server = await misbehavingServer(behave)
  return runLoad({
    url: server.url,
    workload: { bio: [], recorded: [predict], corpus: [] },
    users: [group],
    rampUpSeconds: 0,
    warmUpSeconds: 0,
    seconds: 1,
    seed: 1,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
    ...options,
  })
}

const only = ({ recorder }: LoadRun) => recorder.endpoints.get('POST_/predict') as EndpointRecord
const errorsOf = (run: LoadRun) => Object.fromEntries(only(run).errors)
const times = (run: LoadRun) => measure(only(run), run.seconds)

/** Does `fault` for every third request and answers rightly else; counts what it did. */
function everyThird(fault: (answer: ServerResponse) => void) {
  const did = { right: 0, fault: 0 }
  const behave: Behave = (answer, index) => {
    if (index % 3 !== 2) {
      did.right++
      return right(answer)
    }
    did.fault++
    return fault(answer)
  }
  return { behave, did }
}

type Fault = [does: string, fault: (answer: ServerResponse) => void, error: RegExp]
const FAULTS: readonly Fault[] = [
  ['answers 500', (answer) => answer.writeHead(500).end('{"code":"INTERNAL"}'), /^500 INTERNAL$/],
  ['answers fast nonsense', (answer) => answer.end('{"outputs":[]}'), /^wrong answer/],
  ['answers no JSON', (answer) => answer.end('<html>'), /^wrong answer/],
  ['is off by more than the tolerance', (answer) => answer.end(RIGHT.replace('0.5', '0.503')), /^wrong answer/],
  ['resets the connection', (answer) => (answer.socket as Socket).resetAndDestroy(), /^connection reset$/],
  [
    'closes the connection without an answer',
    (answer) => answer.socket?.end(),
    /^connection closed before the answer was complete$/,
  ],
  [
    'closes the connection in the middle of its answer',
    (answer) => {
      answer.writeHead(200, { 'content-length': '1000' })
      answer.write('{"outputs"', () => answer.socket?.end())
    },
    /^connection closed before the answer was complete$/,
  ],
]

describe.each(LOOPS)('%s', (loop) => {
  it.each(FAULTS)('counts exactly a server that %s', async (_does, fault, words) => {
    const { behave, did } = everyThird(fault)
    const endpoint = only(await run(behave, GROUPS[loop], { seconds: 2 }))
    expect(did.fault).toBeGreaterThan(0)
    expect([...endpoint.errors]).toEqual([[expect.stringMatching(words), did.fault]])
    expect(endpoint).toMatchObject({
      total: did.right + did.fault,
      failures: did.fault,
      wrong: words.source.startsWith('^wrong') ? did.fault : 0,
    })
  })

  it('accepts numbers within the tolerance, split characters and connections that close as announced', async () => {
    const bytes = Buffer.from(RIGHT.replace('0.5', '0.5015'))
    const middle = bytes.indexOf('ü') + 1
    const result = await run((answer) => {
      answer.setHeader('connection', 'close')
      answer.write(bytes.subarray(0, middle))
      setTimeout(() => answer.end(bytes.subarray(middle)), 5)
    }, GROUPS[loop])
    expect(errorsOf(result)).toEqual({})
    expect(only(result).total).toBe(server.received())
  })

  it('gives up an answer that trickles, and one that never comes', async () => {
    const trickles: NodeJS.Timeout[] = []
    const group = loop === 'open' ? { ...GROUPS.open, perSecond: 5 } : GROUPS[loop]
    const result = await run(
      (answer, index) => {
        if (index % 2 === 0) return
        answer.writeHead(200, { 'content-length': '1000' })
        trickles.push(setInterval(() => answer.write(' '), 50))
      },
      group as UserGroup,
      { timeoutMs: 1_000 },
    )
    for (const trickle of trickles) clearInterval(trickle)
    expect(errorsOf(result)).toEqual({ 'no answer within 1000 ms': server.received() })
  })

  it('counts what a server refuses after it went away', async () => {
    const result = await run((answer, index) => (index < 10 ? right(answer) : server.refuse()), GROUPS[loop])
    expect(errorsOf(result)['connection refused']).toBeGreaterThan(0)
    expect(only(result).failures).toBe(only(result).total - 10)
  })

  it('measures the time that the server takes', async () => {
    const result = await run((answer) => setTimeout(() => right(answer), 100), GROUPS[loop], { seconds: 2 })
    expect(times(result).min_response_time).toBeGreaterThanOrEqual(99)
    expect(times(result).response_time_p50).toBeLessThan(1_000)
    expect(only(result).total).toBe(server.received())
  })

  it('has the percentiles that the server knows', async () => {
    const took: number[] = []
    const result = await run(
      (answer, index) => {
        const began = performance.now()
        // One in ten is slow: p95 and p99 must show it, p50 must not.
        setTimeout(
          () => {
            right(answer)
            took.push(performance.now() - began)
          },
          index % 10 === 9 ? 200 : 20,
        )
      },
      GROUPS[loop],
      { seconds: 2 },
    )
    took.sort((a, b) => a - b)
    for (const p of [50, 85, 95, 99] as const) {
      const known = took[Math.ceil((took.length * p) / 100) - 1] as number
      const measured = times(result)[`response_time_p${p}`]
      // A client sees what the server takes and the way: never less. How much more is speed, which is not tested here.
      expect(measured).toBeGreaterThan(known - 2)
      // Ten times what a slow machine adds to most requests.
      if (p === 50) expect(measured).toBeLessThan(known + 200)
    }
    expect(times(result).response_time_p50).toBeLessThan(times(result).response_time_p99)
  })

  it('ends at once when it is interrupted, and keeps what it has', async () => {
    const interrupt = new AbortController()
    const began = performance.now()
    const behave: Behave = (answer, index) => {
      if (index < 10) return right(answer)
      // Time enough for the generator to have read the ten.
      if (index === 10) setTimeout(() => interrupt.abort(), 300)
    }
    const options = { signal: interrupt.signal, seconds: 60, timeoutMs: 30_000 }
    const result = await run(behave, GROUPS[loop], options)
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(result.interrupted).toBe(true)
    expect([only(result).total, errorsOf(result)]).toEqual([10, {}])
  })
})

it('shows a stall in p99 of the open loop, which keeps sending', async () => {
  let stalledUntil = 0
  const result = await run(
    (answer, index) => {
      if (index === 40) stalledUntil = performance.now() + 1_000
      setTimeout(() => right(answer), Math.max(0, stalledUntil - performance.now()))
    },
    GROUPS.open,
    { seconds: 3, timeoutMs: 20_000 },
  )
  expect(errorsOf(result)).toEqual({})
  expect(times(result).requests_total).toBe(120)
  expect(times(result).response_time_p99).toBeGreaterThan(900)
  // A third of all requests fell into the stall and waited for its rest: 0 to 1,000 ms, evenly.
  expect(times(result).response_time_p85).toBeGreaterThan(300)
})

it('counts as failed what would be more than the most outstanding', async () => {
  const result = await run(
    (answer) => setTimeout(() => right(answer), 3_000),
    { loop: 'open', perSecond: 40, maxOutstanding: 10, mix },
    { timeoutMs: 20_000 },
  )
  expect(only(result).total).toBe(40)
  expect(errorsOf(result)).toEqual({ 'not sent: 10 requests were outstanding': 30 })
  expect(server.received()).toBe(10)
})

it('does not blame the server for a pause of its own', async () => {
  setTimeout(() => {
    for (const end = performance.now() + 500; performance.now() < end; );
  }, 200)
  const result = await run(right, { loop: 'open', perSecond: 200, maxOutstanding: 20, mix })
  expect([only(result).total, errorsOf(result)]).toEqual([200, {}])
})

it('sends nothing when a group of users has nothing to send', async () => {
  server = await misbehavingServer(right)
  const options = { rampUpSeconds: 0, warmUpSeconds: 0, seconds: 1, seed: 1, signal: new AbortController().signal }
  const users: UserGroup[] = [GROUPS.open, { loop: 'closed', connections: 1, mix: { corpus: 1 } }]
  const workload = { bio: [], recorded: [predict], corpus: [] }
  await expect(runLoad({ ...options, url: server.url, workload, users })).rejects.toThrow(/nothing to send for corpus/)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(server.received()).toBe(0)
})

it('does not count the ramp and the time to warm up', async () => {
  const result = await run(right, GROUPS.open, { rampUpSeconds: 1, warmUpSeconds: 1 })
  expect(only(result).total).toBe(40)
  // Half of the rate on average while it grows.
  expect(server.received()).toBe(100)
})

it('counts what fails before: a server that says it is ready is', async () => {
  const behave: Behave = (answer, index) => {
    if (index === 0) answer.writeHead(500).end()
    else right(answer)
  }
  const result = await run(behave, GROUPS.open, { rampUpSeconds: 1 })
  expect([only(result).total, only(result).failures]).toEqual([41, 1])
})

it('sends the same requests for the same seed, in the proportions of the mix', async () => {
  const paths = async (seed: number) => {
    const bio = { method: 'GET', path: '/bio' } as const
    const result = await run(
      right,
      { loop: 'open', perSecond: 200, mix: { bio: 3, recorded: 1 } },
      {
        workload: { bio: [bio], recorded: [predict], corpus: [] },
        seed,
      },
    )
    await server.close()
    return result.recorder.endpoints.get('GET_/bio')?.total
  }
  const [first, again] = [await paths(7), await paths(7)]
  expect(again).toBe(first)
  expect(first).toBeGreaterThan(100)
  expect(first).toBeLessThan(200)
})
