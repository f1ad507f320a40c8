import { defineConfig } from 'vitest/config';

// `--mode long` (npm run test:laws) sets PXTR_LONG=1: time-boxed tests take minutes instead of seconds.
export default defineConfig(({ mode }) => {
  const long = mode === 'long' || process.env['PXTR_LONG'] === '1';
  return {
    test: {
      globalSetup: ['test/support/is-built.ts'],
      include: ['test/**/*.test.ts'],
      exclude: ['**/node_modules/**', 'test/browser/page/**'],
      env: long ? { PXTR_LONG: '1' } : {},
      pool: 'threads',
      maxWorkers: 2,
      testTimeout: long ? 600_000 : 20_000,
      hookTimeout: 60_000,
      unstubEnvs: true,
      restoreMocks: true,
    },
  };
});
