/** How the calls of a model without a version are divided: the settings of canary and shadow, as control routes take and show them. */
import { createHash } from 'node:crypto'
import { ServeryError } from '@servery/core'
import { type Static, Type } from '@servery/schema'

/** Why a version answers a call: the caller named it, it is the default, or it is tried on a share. */
export type Role = 'named' | 'default' | 'canary'

const share = (description: string, fallback: number) =>
  Type.Number({ minimum: 0, maximum: 1, default: fallback, description })

export const canarySettings = Type.Object(
  {
    version: Type.String({ description: 'The version to try; it has to be loaded' }),
    share: share(
      'Share of the calls without a version that it answers, by a hash of the request id. With 0 it answers only calls with x-canary: true, and is not judged; with 1 its latency is not judged, for lack of calls of the default version',
      0.1,
    ),
    min_requests: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 200,
      description:
        'Calls that it has to answer before it passes; its latency is judged after as many, and 20 calls of the default version',
    }),
    max_error_increase: share(
      'It fails when its share of failed calls exceeds that of the default version by more, and not by chance',
      0.02,
    ),
    max_latency_ratio: Type.Number({
      minimum: 1,
      maximum: 1_000,
      default: 1.5,
      description:
        'It fails when the 95th percentile of its latency exceeds that of the default version by this factor and by 5 ms',
    }),
    compare_share: share(
      'Share of its answers that are compared with the answer of the default version to the same inputs',
      0.1,
    ),
    max_different_share: share(
      'It fails when a larger share of the compared answers differs, and passes only after 20 comparisons; 1 only reports them',
      1,
    ),
    promote: Type.Boolean({ default: false, description: 'Whether it becomes the default version once it has passed' }),
  },
  { additionalProperties: false },
)
export type CanarySettings = Static<typeof canarySettings>

/** @throws ServeryError `INVALID_INPUT` for a canary about which there can be no verdict, but that is to be judged */
export function checkCanBeJudged({ share, promote, compare_share, max_different_share }: CanarySettings): void {
  if (promote && share === 0) throw invalidSetting('share', 'must be above 0 for a canary that is to be promoted')
  if (compare_share === 0 && max_different_share < 1)
    throw invalidSetting('compare_share', 'must be above 0 where max_different_share is below 1')
}

function invalidSetting(name: string, detail: string): ServeryError {
  return new ServeryError('INVALID_INPUT', `The setting ${name} ${detail}.`, {
    violations: [{ pointer: `/${name}`, detail }],
  })
}

const calls = (whose: string) =>
  Type.Object({
    requests: Type.Integer({ description: `Calls that ${whose} has ended since the canary began` }),
    failures: Type.Integer({ description: 'Those of them that failed' }),
    latency_p95_ms: Type.Optional(Type.Number({ description: 'Of the latest 1,000 answers' })),
  })

/** What is known about a canary. */
export const canaryReport = Type.Object({
  verdict: Type.Unsafe<'undecided' | 'passed' | 'failed'>({
    type: 'string',
    enum: ['undecided', 'passed', 'failed'],
    description: 'A canary that has failed answers no calls any more',
  }),
  reason: Type.Optional(Type.String({ description: 'Why it failed' })),
  note: Type.Optional(Type.String({ description: 'What its share leaves out of the verdict' })),
  canary: calls('the canary'),
  default: calls('the default version'),
  compared: Type.Integer({ description: 'Answers of the canary that were compared with those of the default version' }),
  different: Type.Integer({ description: 'Those of them that differ, in a number by more than 0.002' }),
})
export type CanaryReport = Static<typeof canaryReport>

export const shadowSettings = Type.Object(
  {
    version: Type.String({ description: 'The version that answers copies; it has to be loaded' }),
    share: share('Share of the answers of the default version that are copied, by a hash of the request id', 1),
  },
  { additionalProperties: false },
)
export type ShadowSettings = Static<typeof shadowSettings>

/**
 * Whether a request belongs to a share of all requests: the same answer for the same id and purpose, whatever server decides.
 *
 * @param purpose makes shares for different purposes independent of each other
 */
export function isInShare(requestId: string, purpose: string, share: number): boolean {
  const hash = createHash('sha256').update(`${purpose} ${requestId}`).digest()
  return hash.readUInt32BE(0) < share * 2 ** 32
}
