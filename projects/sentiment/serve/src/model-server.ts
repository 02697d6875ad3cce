import path from 'node:path'
import { serve } from '@servery/serving'
import servedModel from './served-model.ts'

await serve(servedModel, { name: 'sentiment', serveDirectory: path.join(import.meta.dirname, '..') })
