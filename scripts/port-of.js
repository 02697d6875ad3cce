// Prints the port on which the server of a project, or the host, listens: node scripts/port-of.js <project>|host
import path from 'node:path'
import { serverVariables } from '@servery/core'
import { variableOf } from '@servery/model-version'

const [project] = process.argv.slice(2)
const folder = path.join(import.meta.dirname, '..', project === 'host' ? 'libs/serving' : `projects/${project}/serve`)
console.log(variableOf(folder, 'SERVERY_PORT', process.env) ?? serverVariables.properties.SERVERY_PORT.default)
