// One configuration for every package. Tests import compiled libraries by package name, so `make build` comes first.
const tier = process.env.TIER // unit | integration | functional; unset = all

export default {
  testEnvironment: '<rootDir>/libs/testkit/dist/jest-environment.js',
  testMatch: [`<rootDir>/{.,libs/*,projects/*/serve}/tests/${tier ?? '*'}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  modulePathIgnorePatterns: ['/dist/.*/package.json', '<rootDir>/projects/[^/]+/serve/models/', '<rootDir>/tmp/'],
  testTimeout: 60_000,
}
