/** The load suite of __name__. */
import { atLeast, below, defineLoadPlan } from '@servery/load-testing'

export default defineLoadPlan({
  rampUpSeconds: 2,
  warmUpSeconds: 2,
  seconds: 20,
  users: [
    { loop: 'closed', connections: 2, mix: { recorded: 1, corpus: 1 } },
    { loop: 'open', perSecond: 20, mix: { bio: 1, recorded: 1 } },
  ],
  corpusRequest: (content) => ({ inputs: { content } }),
  criteria: [
    below('bio', 'avg_response_time', 100),
    atLeast('bio', 'requests_rps', 5),
    below('predict', 'avg_response_time', 400),
    below('predict', 'response_time_p99', 2_000),
    atLeast('predict', 'requests_rps', 5),
  ],
})
