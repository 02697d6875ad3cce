export { type Entity, entity, type Mention, mention, mentionText } from './entity.ts'
