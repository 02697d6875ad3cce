import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel({ folder: import.meta.dirname, servedModel })
