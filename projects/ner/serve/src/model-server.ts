import { serve } from '@servery/serving'
import servedModel from './served-model.ts'

await serve(servedModel, import.meta.dirname)
