import { int8Support, providersOf } from '../../src/device.ts'

describe('providersOf', () => {
  it('tries CUDA before the CPU where the device may be chosen', () => {
    expect(providersOf('auto')).toEqual(['cuda', 'cpu'])
  })

  it('never falls back from a device that was asked for', () => {
    expect(providersOf('gpu')).toEqual(['cuda'])
    expect(providersOf('cpu')).toEqual(['cpu'])
  })

  it('refuses neuron in a sentence that names it', () => {
    expect(() => providersOf('neuron')).toThrow(
      expect.objectContaining({ code: 'MODEL_LOAD_FAILED', message: expect.stringContaining('neuron') }),
    )
  })
})

describe('int8Support', () => {
  it('finds the flags of an x86 CPU', () => {
    expect(int8Support('processor : 0\nflags\t\t: fpu avx2 avx_vnni avx512_vnni\n')).toEqual({
      vnni: true,
      flags: ['avx512_vnni', 'avx_vnni'],
    })
  })

  it('finds the flags of an ARM CPU', () => {
    expect(int8Support('Features\t: fp asimd asimddp\n')).toEqual({ vnni: true, flags: ['asimddp'] })
  })

  it('takes no part of a longer name for a flag', () => {
    expect(int8Support('flags\t\t: fpu avx2 avx512_vnni2\n')).toEqual({ vnni: false, flags: [] })
  })

  it('finds nothing where the system tells nothing', () => {
    expect(int8Support('')).toEqual({ vnni: false, flags: [] })
  })
})
