/** The load suite of lsh. */
import { atLeast, below, defineLoadPlan } from '@servery/load-testing'

export default defineLoadPlan({
  rampUpSeconds: 2,
  warmUpSeconds: 2,
  seconds: 20,
  users: [
    { loop: 'closed', connections: 4, mix: { recorded: 1, corpus: 1 } },
    { loop: 'open', perSecond: 50, mix: { bio: 1, recorded: 1 } },
    { loop: 'users', users: 4, thinkSeconds: [0.5, 1.5], mix: { corpus: 1 } },
  ],
  corpusRequest: (content) => ({ inputs: { content } }),
  criteria: [
    // Measured while predict uses all CPUs.
    below('bio', 'avg_response_time', 100),
    atLeast('bio', 'requests_total', 100),
    below('predict', 'avg_response_time', 100),
    below('predict', 'response_time_p99', 500),
    atLeast('predict', 'requests_total', 1_000),
  ],
})
