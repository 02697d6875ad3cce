// Prints the port on which the server of a project listens: node scripts/port-of.js <project>
import path from 'node:path'
import { serverVariables } from '@servery/core'
import { variableOf } from '@servery/model-version'

const [project] = process.argv.slice(2)
const serve = path.join(import.meta.dirname, '../projects', project, 'serve')
console.log(variableOf(serve, 'SERVERY_PORT', process.env) ?? serverVariables.properties.SERVERY_PORT.default)
