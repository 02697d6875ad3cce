import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

const services = ['SERVERY_SUMMARIZATION_UPSTREAM']
describeServedModel({ folder: import.meta.dirname, servedModel, languageSettings: ['lang', 'target_lang'], services })
