// Serves one of the policies in this folder: node model-server.js [ours|ours-json|in-process|single|fifo8|fifo16]
import { serve } from '@servery/serving'

const [policy = 'ours'] = process.argv.slice(2)
const { default: model } = await import(`./${policy}.js`)
await serve(model, { name: 'embed', serveDirectory: import.meta.dirname })
