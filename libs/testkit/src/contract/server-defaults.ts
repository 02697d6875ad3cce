/** The limits of a server that is not configured. */
import { loadConfig, serverVariables } from '@servery/core'

export const SERVER_DEFAULTS = loadConfig(serverVariables, { environment: {} })
