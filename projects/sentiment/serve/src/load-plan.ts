/** The load suite of sentiment. */
import { atLeast, below, defineLoadPlan } from '@servery/load-testing'

export default defineLoadPlan({
  rampUpSeconds: 2,
  warmUpSeconds: 2,
  seconds: 20,
  users: [
    { loop: 'closed', connections: 4, mix: { recorded: 1, corpus: 1 } },
    { loop: 'open', perSecond: 20, mix: { bio: 1, recorded: 1 } },
    { loop: 'users', users: 4, thinkSeconds: [0.5, 1.5], mix: { recorded: 1 } },
  ],
  corpusRequest: (document) => ({ inputs: { content: document } }),
  criteria: [
    // Measured while predict uses all CPUs.
    below('bio', 'avg_response_time', 100),
    atLeast('bio', 'requests_total', 100),
    below('predict', 'avg_response_time', 400),
    below('predict', 'response_time_p99', 2_000),
    atLeast('predict', 'requests_total', 100),
  ],
})
