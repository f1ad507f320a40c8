import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { withSharedMemory } from '../../src/engine/shared-module.ts';

const built = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../build/${file}`, import.meta.url)));

describe('the built-in module with shared memory', () => {
  it('is build/engine.shared.wasm, byte by byte', () => {
    expect(withSharedMemory(built('engine.wasm'))).toStrictEqual(built('engine.shared.wasm'));
  });

  it('is what an engine with shared memory opens', () => {
    const engine = createEngineSync({ shared: true, workers: 2 });
    expect(engine.memory.memory.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('is made of a release build and of nothing else', () => {
    expect(() => withSharedMemory(built('engine.shared.wasm'))).toThrow(RangeError);
    expect(() => withSharedMemory(new Uint8Array(1000))).toThrow(RangeError);
  });
});
