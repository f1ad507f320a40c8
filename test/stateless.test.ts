// Files of some folders share the modules of their thread (vitest.config.ts): none of them may change what the others see.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STATELESS } from '../vitest.config.ts';

const CHANGES = [
  /\bvi\./,
  /\bprocess\.env(\.\w+|\[[^\]]+\])\s*=(?!=)/,
  /\bdelete process\.env/,
  /\bprocess\.chdir\b/,
  /\b(globalThis|console)(\.\w+|\[[^\]]+\])\s*=(?!=)/,
  /\.prototype\.\w+\s*=(?!=)/,
  /\bObject\.definePropert(y|ies)\((globalThis|console|process)/,
];

const changesIn = (text: string): boolean => CHANGES.some((change) => change.test(text));

it.each(STATELESS)('files of test/%s change nothing that others see', (folder) => {
  const root = new URL(`${folder}/`, import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => changesIn(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

it.each([
  "vi.spyOn(console, 'log')",
  "process.env['A'] = 'b'",
  'process.env.A = 1',
  "delete process.env['A']",
  "process.chdir('/')",
  'globalThis.fetch = none',
  'console.log = none',
  'Array.prototype.at = none',
  "Object.defineProperty(globalThis, 'x', {})",
])('%j is a change', (text) => {
  expect(changesIn(text)).toBe(true);
});

it.each(["if (process.env['A'] === '1')", 'console.log(a)', 'const x = globalThis.y'])(
  '%j is none',
  (text) => {
    expect(changesIn(text)).toBe(false);
  },
);
