import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

const languageSettings = ['lang', 'target_lang']
const services = ['SERVERY_SUMMARIZATION_UPSTREAM']
describeServedModel({ folder: import.meta.dirname, servedModel, languageSettings, services })
