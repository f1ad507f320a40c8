// Before all tests: `npx vitest` builds nothing, and half of the tests need what is built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILES = ['build/engine.debug.wasm', 'build/research.debug.wasm', 'dist/src/cli/main.js'];

export function setup(): void {
  const missing = FILES.filter(
    (file) => !existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url))),
  );
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')}: not built; \`npm run build\` does it, and \`npm test\``);
}
