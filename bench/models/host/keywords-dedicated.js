// The model of keywords, in workers of its own.
import keywords from '../../../projects/keywords/serve/dist/served-model.js'

export default { ...keywords, isolation: 'dedicated', module: import.meta.url }
