import { embedModel } from './embed.js'

export default embedModel(import.meta.url, { byLength: false, maxBatchCost: 8, batchTokens: Number.POSITIVE_INFINITY })
