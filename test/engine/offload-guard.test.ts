// What the offloads may touch: what they are told to. What they may depend on: the bytes of their packets.
import { describe, expect, it } from 'vitest';
import { BATCH_MAX, OFFLOAD_NO_ROOM, OFFLOAD_NO_SLOTS, VIRTIO_BYTES } from '../../assembly/layout.ts';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { Dice } from '../support/gen-dice.ts';
import { Bare, coalesceAt, frameOf, PATTERNS, runsAt, splitAt } from './offload-bare.ts';
import { OFFLOAD_BUILDS } from './offload-builds.ts';
import { buildFrame, makeBatch } from './offload-packets.ts';

describe.each(OFFLOAD_BUILDS)('the offloads, %s build, of packets valid, damaged or noise', (build) => {
  const bare = new Bare(build);

  it('split into no other bytes, and into none when they refuse', () => {
    const dice = new Dice(1, 'split');
    for (let n = 0; n < 1500; n++) {
      const frame = frameOf(dice);
      const [count, room] = [dice.int(20), dice.int(1100)];
      bare.fill(PATTERNS[n % 3]!);
      splitAt(bare, frame, count, room);
    }
  });

  it('split into slots that are just enough, and not into less', () => {
    const frame = buildFrame({ payload: new Uint8Array(95).fill(1) }, 10);
    bare.fill(PATTERNS[2]!);
    expect(splitAt(bare, frame, 10, 50)).toMatch(/^10 /);
    expect(splitAt(bare, frame, 9, 50)).toBe(`-${OFFLOAD_NO_SLOTS} `);
    expect(splitAt(bare, frame, 10, 49)).toBe(`-${OFFLOAD_NO_ROOM} `);
    const plain = concatBytes(new Uint8Array(VIRTIO_BYTES), new Uint8Array(30));
    expect(splitAt(bare, plain, 1, 30)).toMatch(/^1 /);
    expect(splitAt(bare, plain, 0, 30)).toBe(`-${OFFLOAD_NO_SLOTS} `);
    expect(splitAt(bare, plain, 1, 29)).toBe(`-${OFFLOAD_NO_ROOM} `);
  });

  it('coalesce and find runs in no other bytes', () => {
    for (let seed = 0; seed < 300; seed++) {
      const packets = makeBatch(seed, 30);
      bare.fill(PATTERNS[seed % 3]!);
      coalesceAt(bare, packets, 0, seed & 3);
      bare.fill(PATTERNS[seed % 3]!);
      runsAt(bare, packets, 0);
    }
  });

  it('coalesce into room for every packet alone, and not into less', () => {
    const packets = makeBatch(1, 0);
    expect(coalesceAt(bare, packets, 0, 0)).toMatch(/^\d/);
    expect(coalesceAt(bare, packets, 1, 0)).toBe(`-${OFFLOAD_NO_ROOM} ,`);
    const many = Array.from({ length: BATCH_MAX + 1 }, () => new Uint8Array(1));
    expect(coalesceAt(bare, many, 0, 0)).toBe(`-${OFFLOAD_NO_SLOTS} ,`);
  });

  it('come to the same end whatever lies around', () => {
    const dice = new Dice(2, 'surroundings');
    const endsOf = (call: () => string): number =>
      new Set(
        PATTERNS.map((pattern) => {
          bare.fill(pattern);
          return call();
        }),
      ).size;
    for (let n = 0; n < 300; n++) {
      const frame = frameOf(dice);
      expect(
        endsOf(() => splitAt(bare, frame, 16, 700)),
        toHex(frame),
      ).toBe(1);
    }
    for (let seed = 1000; seed < 1060; seed++) {
      const packets = makeBatch(seed, 30);
      expect(
        endsOf(() => coalesceAt(bare, packets, 0, 2)),
        `batch ${seed}`,
      ).toBe(1);
      expect(
        endsOf(() => runsAt(bare, packets, 0)),
        `batch ${seed}`,
      ).toBe(1);
    }
  });

  it('add the address of the memory to pieces', () => {
    const base = 0x7f12_3456_7000;
    const { memory, start } = bare;
    runsAt(bare, [new Uint8Array(9)], base);
    expect(memory.view.getBigUint64(start + 0x8000, true)).toBe(BigInt(base + memory.bytes.length - 9));
    expect(memory.view.getBigUint64(start + 0x8008, true)).toBe(9n);
  });
});
