// The map of the memory: sizes, sections, what is refused, and what packets may touch.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ARENA_HEADER_BYTES,
  CONTROL_BYTES,
  CONTROL_EMPTY_VRF_OFFSET,
  CONTROL_LAYOUT_VERSION_OFFSET,
  CONTROL_MAGIC_OFFSET,
  CONTROL_OFFSET,
  CONTROL_SECTIONS_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  LAYOUT_VERSION,
  MAX_WORKERS,
  PAGE_BYTES,
  SECTION_COUNT,
  SECTIONS_START,
  VRF_BYTES,
} from '../../assembly/layout.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { EngineMemory, presets, type EngineCapacity } from '../../src/engine/memory.ts';
import { instantiateEngine } from '../../src/engine/wasm.ts';
import { ENGINE_BUILDS, engineModule, makeEngine } from './engine-builds.ts';
import { packetOf, send } from './forwarding-support.ts';

const MIB = 1024 * 1024;
const SMALLEST: EngineCapacity = {
  entries: 1,
  buckets: 1,
  rewrites: 1,
  nextHops: 1,
  vrfs: 1,
  buffers: 1,
  fibBytes: ARENA_HEADER_BYTES,
  workers: 1,
};

/** The section table as the engine reads it. */
function sectionsOf({ view }: EngineMemory): { offset: number; bytes: number }[] {
  return Array.from({ length: SECTION_COUNT }, (_, i) => {
    const at = CONTROL_OFFSET + CONTROL_SECTIONS_OFFSET + 8 * i;
    return { offset: view.getUint32(at, true), bytes: view.getUint32(at + 4, true) };
  });
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('presets', () => {
  it('lab needs at most 2 MiB in all, so that a thousand routers fit', () => {
    const { memoryBytes } = makeEngine('release', presets.lab).stats();
    console.log(`lab: ${memoryBytes} bytes, ${(memoryBytes / MIB).toFixed(2)} MiB`);
    expect(memoryBytes).toBeLessThanOrEqual(2 * MIB);
  });

  it('router needs 64 MiB, give or take', () => {
    const { memoryBytes } = makeEngine('release', presets.router).stats();
    console.log(`router: ${memoryBytes} bytes, ${(memoryBytes / MIB).toFixed(2)} MiB`);
    expect(memoryBytes).toBeGreaterThan(48 * MIB);
    expect(memoryBytes).toBeLessThanOrEqual(72 * MIB);
  });

  it('need what docs/memory.md says', () => {
    const doc = readFileSync(new URL('../../docs/memory.md', import.meta.url), 'utf8');
    const line = (start: string): string => doc.split('\n').find((each) => each.startsWith(start)) ?? '';
    for (const name of ['lab', 'router'] as const) {
      const { memoryBytes } = makeEngine('release', presets[name]).stats();
      expect(line('| `memoryBytes`')).toContain(` ${memoryBytes.toLocaleString('en-US')} `);
      for (const option of ['entries', 'buckets', 'rewrites', 'nextHops', 'vrfs', 'buffers'] as const) {
        expect(line(`| \`${option}\``)).toContain(` ${presets[name][option].toLocaleString('en-US')} `);
      }
    }
  });
});

describe('sections', () => {
  const capacity: fc.Arbitrary<EngineCapacity> = fc.record({
    entries: fc.integer({ min: 1, max: 5000 }),
    buckets: fc.integer({ min: 1, max: 5000 }),
    rewrites: fc.integer({ min: 1, max: 500 }),
    nextHops: fc.integer({ min: 1, max: 500 }),
    vrfs: fc.integer({ min: 1, max: 100 }),
    buffers: fc.integer({ min: 1, max: 100 }),
    fibBytes: fc.integer({ min: ARENA_HEADER_BYTES, max: 100_000 }),
    workers: fc.integer({ min: 1, max: MAX_WORKERS }),
  });

  it('follow each other, aligned, without overlap, inside the memory, after the static data', () => {
    fc.assert(
      fc.property(capacity, (of) => {
        const memory = new EngineMemory(of);
        let end: number = SECTIONS_START;
        for (const [i, { offset, bytes }] of sectionsOf(memory).entries()) {
          expect(offset).toBe(memory.offset(i));
          expect(offset % 128).toBe(0);
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(bytes).toBeGreaterThan(0);
          end = offset + bytes;
        }
        expect(end).toBeLessThanOrEqual(memory.byteLength);
        expect(memory.byteLength - end).toBeLessThan(PAGE_BYTES + 128);
      }),
      { numRuns: 100 },
    );
  });

  it('the parts of the control block do not overlap either', () => {
    const seenEnd = CONTROL_SEEN_OFFSET + (MAX_WORKERS << CONTROL_SEEN_STRIDE_SHIFT);
    expect(seenEnd).toBeLessThanOrEqual(CONTROL_SECTIONS_OFFSET);
    expect(CONTROL_SECTIONS_OFFSET + 8 * SECTION_COUNT).toBeLessThanOrEqual(CONTROL_EMPTY_VRF_OFFSET);
    expect(CONTROL_EMPTY_VRF_OFFSET + VRF_BYTES).toBeLessThanOrEqual(CONTROL_BYTES);
    expect(CONTROL_OFFSET + CONTROL_BYTES).toBeLessThanOrEqual(SECTIONS_START);
  });

  it('the memory says what it is: PXTR, and the version of its layout', () => {
    const { bytes, view } = new EngineMemory(presets.lab);
    const magic = bytes.subarray(CONTROL_OFFSET, CONTROL_OFFSET + 4);
    expect(new TextDecoder().decode(magic)).toBe('PXTR');
    expect(view.getUint32(CONTROL_OFFSET + CONTROL_LAYOUT_VERSION_OFFSET, true)).toBe(LAYOUT_VERSION);
  });

  it('the smallest engine there can be forwards packets, and says when a table does not fit', () => {
    const engine = makeEngine('debug', SMALLEST);
    expect(send(engine, packetOf(4)).verdict.reason).not.toBe(0);
    engine.setPolicy(
      { instanceId: 0, prefix: { address: { family: 4, w0: 0, w1: 0, w2: 0, w3: 0 }, bits: 0 } },
      1,
    );
    expect(errorOf(() => engine.publish())).toMatchObject({ code: 'no-room', section: 'fibBytes' });
  });
});

describe('what is refused', () => {
  it.each(Object.keys(presets.lab))('%s that is not a positive whole number', (name) => {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '8' as unknown as number]) {
      const error = errorOf(() => makeEngine('release', { [name]: value }));
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ code: 'bad-options', section: name });
    }
  });

  it('more workers than the control block has room for', () => {
    expect(errorOf(() => makeEngine('release', { workers: MAX_WORKERS + 1 }))).toMatchObject({
      code: 'bad-options',
      section: 'workers',
    });
    expect(makeEngine('release', { workers: MAX_WORKERS }).stats().memoryBytes).toBeGreaterThan(0);
  });

  it('a FIB without room for its own header', () => {
    for (const fibBytes of [1, 64, ARENA_HEADER_BYTES - 1]) {
      const error = errorOf(() => makeEngine('release', { fibBytes }));
      expect(error).toMatchObject({ code: 'bad-options', section: 'fibBytes', have: fibBytes });
    }
  });

  it.each(['entries', 'buckets', 'buffers', 'fibBytes'])('%s beyond 4 GiB', (name) => {
    const error = errorOf(() => makeEngine('release', { [name]: 2 ** 32 }));
    expect(error).toMatchObject({ code: 'bad-options', section: 'memory' });
    expect(String(error)).toMatch(/: \d+ pages of 64 KiB, at most 65536: lower \w+, \d+ take the most$/);
    expect(String(error)).toContain(`lower ${name}, ${2 ** 32} take`);
  });

  it.each([
    ['buffers', 40_000],
    ['entries', 9_000_000],
  ])('%s beyond 4 GiB for many workers', (name, value) => {
    const error = errorOf(() => makeEngine('release', { workers: 64, [name]: value }));
    expect(String(error)).toContain(`lower ${name}, ${value} take the most`);
  });

  it.each(ENGINE_BUILDS)('a memory of another layout version, or none: %s build', (build) => {
    for (const offset of [CONTROL_MAGIC_OFFSET, CONTROL_LAYOUT_VERSION_OFFSET]) {
      const memory = new EngineMemory(presets.lab, { shared: build === 'shared' });
      const { view } = memory;
      const open = (): unknown => instantiateEngine(engineModule(build), memory.memory);
      expect(open()).toBeDefined();
      const at = CONTROL_OFFSET + offset;
      view.setUint32(at, view.getUint32(at, true) + 1, true);
      const error = errorOf(open);
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ code: 'bad-module' });
    }
  });
});
