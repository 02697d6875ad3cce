import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

const services = ['SERVERY_ENTITY_FISHING_UPSTREAM', 'SERVERY_ENTITY_FISHING_NER']
describeServedModel({ folder: import.meta.dirname, servedModel, languageSettings: ['lang'], services })
