import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encodeModuleText } from '../../scripts/inline-wasm.mjs';
import { ENGINE_WASM_TEXT } from '../../src/engine/engine-wasm.generated.ts';
import { decodeModuleText } from '../../src/engine/module-text.ts';

it('every byte survives, whatever its neighbours', () => {
  const bytes = new Uint8Array(65_536 * 2);
  for (let i = 0; i < 65_536; i++) bytes.set([i >> 8, i & 0xff], 2 * i);
  expect(decodeModuleText(encodeModuleText(bytes))).toStrictEqual(bytes);
});

it('the built-in module is build/engine.wasm', () => {
  const built = new Uint8Array(readFileSync(new URL('../../build/engine.wasm', import.meta.url)));
  expect(decodeModuleText(ENGINE_WASM_TEXT)).toStrictEqual(built);
});

it('needs no escape in a script, a template or a page', () => {
  expect(ENGINE_WASM_TEXT).not.toMatch(/[^#-~]|[<\\]/);
});
