import { embedModel } from './embed.js'

export default embedModel(import.meta.url, { byLength: true, runner: 'in-process' })
