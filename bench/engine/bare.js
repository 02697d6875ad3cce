// The limit: tokenises and runs the model on all texts at once, sorted by length, in runs of some 256 padded tokens, with
// no server around ONNX Runtime. One process; prints {"cpuSeconds", "p50Ms"} as JSON.
// node bare.js <kind> <count> [one]    `one`: one text after the other, for the latency of a lone request
import path from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { Tokenizer } from 'tokenizers'
import { textsOf } from './texts.js'

const [kind, count, alone] = process.argv.slice(2)
const RUN_TOKENS = 256
const directory = path.join(
  import.meta.dirname,
  '../../projects/keywords/serve/models/KEYWORDS-COMPILED-1/model_artifacts',
)
const tokenizer = await Tokenizer.fromFile(path.join(directory, 'tokenizer.json'))
const session = await InferenceSession.create(path.join(directory, 'model.onnx'), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
})
const texts = textsOf(kind, Number(count))
await run((await tokenise(texts.slice(0, 8))).slice(0, 8))

const latencies = []
const before = process.cpuUsage()
if (alone) {
  for (const text of texts) {
    const startedAt = performance.now()
    await run(await tokenise([text]))
    latencies.push(performance.now() - startedAt)
  }
} else {
  const rows = (await tokenise(texts)).sort((a, b) => a.length - b.length)
  for (let start = 0; start < rows.length; ) {
    let end = start + 1
    while (end < rows.length && (end + 1 - start) * rows[end].length <= RUN_TOKENS) end += 1
    await run(rows.slice(start, end))
    start = end
  }
}
const { user, system } = process.cpuUsage(before)
latencies.sort((a, b) => a - b)
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, p50Ms: latencies[latencies.length >> 1] ?? null }))

async function tokenise(batch) {
  const encodings = await tokenizer.encodeBatch(batch)
  return encodings.map((encoding) => encoding.getIds().slice(0, 256))
}

/** base64 of each vector, as the server answers. */
async function run(rows) {
  const width = Math.max(...rows.map((row) => row.length))
  const [ids, mask] = [new BigInt64Array(rows.length * width), new BigInt64Array(rows.length * width)]
  rows.forEach((row, r) => {
    for (let t = 0; t < row.length; t++) {
      ids[r * width + t] = BigInt(row[t])
      mask[r * width + t] = 1n
    }
  })
  const dims = [rows.length, width]
  const feeds = { input_ids: new Tensor('int64', ids, dims), attention_mask: new Tensor('int64', mask, dims) }
  const { sentence_embedding: output } = await session.run(feeds)
  const bytes = Buffer.from(output.data.buffer, output.data.byteOffset, output.data.byteLength)
  const stride = bytes.length / rows.length
  return rows.map((_, r) => bytes.subarray(r * stride, (r + 1) * stride).toString('base64'))
}
