import { recordPredictions } from '@servery/serving'
import servedModel from './served-model.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('Name the folder of the version: record-predictions <folder>')
await recordPredictions(servedModel, 'sentiment', directory)
