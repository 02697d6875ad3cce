// Prints the port on which a project's server will listen: SERVERY_PORT, else the one in config/<env>.env.
import { readFileSync } from 'node:fs'

const [project] = process.argv.slice(2)
const file = new URL(`../projects/${project}/serve/config/${process.env.ENVIRONMENT ?? 'dev'}.env`, import.meta.url)
console.log(process.env.SERVERY_PORT ?? readFileSync(file, 'utf8').match(/^SERVERY_PORT=(\d+)$/m)?.[1] ?? 8000)
