/** The running server: what every served model must do. */
import { describeServedModel } from '@servery/testkit'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract })
