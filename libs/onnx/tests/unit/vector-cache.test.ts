import { VectorCache } from '../../src/vector-cache.ts'

const vector = (...components: number[]) => new Float32Array(components)

describe('VectorCache', () => {
  it('answers the vector that was set', () => {
    const cache = new VectorCache({ model: 'KEYWORDS', version: '1', maxEntries: 2 })
    cache.set('a', vector(1))
    expect(cache.get('a')).toEqual(vector(1))
    expect(cache.get('b')).toBeUndefined()
  })

  it('drops the least recently used vector, reading counts as use', () => {
    const cache = new VectorCache({ model: 'KEYWORDS', version: '1', maxEntries: 2 })
    cache.set('a', vector(1))
    cache.set('b', vector(2))
    cache.get('a')
    cache.set('c', vector(3))
    expect(cache.get('b')).toBeUndefined()
    expect(cache.get('a')).toEqual(vector(1))
    expect(cache.size).toBe(2)
  })

  it('replaces a vector without growing', () => {
    const cache = new VectorCache({ model: 'KEYWORDS', version: '1', maxEntries: 2 })
    cache.set('a', vector(1))
    cache.set('a', vector(2))
    expect(cache.get('a')).toEqual(vector(2))
    expect(cache.size).toBe(1)
  })

  it('holds nothing when it may hold nothing', () => {
    const cache = new VectorCache({ model: 'KEYWORDS', version: '1', maxEntries: 0 })
    cache.set('a', vector(1))
    expect(cache.size).toBe(0)
  })
})
