// What the offloads may touch: what they are told to. What they may depend on: the bytes of their packets.
import { describe, expect, it } from 'vitest';
import {
  ARENA_HEADER_BYTES,
  BATCH_MAX,
  BUFFER_BYTES,
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  FRAME_BYTES,
  FRAME_LENGTH_OFFSET,
  GROUPS_BYTES,
  OFFLOAD_NO_ROOM,
  OFFLOAD_NO_SLOTS,
  PIECE_BYTES,
  PLAN_BYTES,
  RUN_BYTES,
  SECTION_BUFFERS,
  VIRTIO_BYTES,
} from '../../assembly/layout.ts';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { EngineMemory } from '../../src/engine/memory.ts';
import { instantiateEngine, type EngineExports } from '../../src/engine/wasm.ts';
import { Dice } from '../support/gen-dice.ts';
import { engineModule } from './engine-builds.ts';
import { OFFLOAD_BUILDS } from './offload-builds.ts';
import { buildFrame, damage, makeBatch } from './offload-packets.ts';

interface Range {
  readonly start: number;
  readonly bytes: number;
}

const BUFFERS = 160;
const PATTERNS = [() => 0, () => 0xff, (i: number) => i * 151 + (i >> 8) * 89].map((byte) =>
  Uint8Array.from({ length: BUFFERS * BUFFER_BYTES }, (_, i) => byte(i)),
);

/** An engine memory whose buffers are the tests', and the exports on it. */
class Bare {
  readonly memory: EngineMemory;
  readonly exports: EngineExports;
  readonly start: number;

  constructor(build: (typeof OFFLOAD_BUILDS)[number]) {
    const rest = { entries: 1, buckets: 1, rewrites: 1, nextHops: 1, vrfs: 1, workers: 1 };
    this.memory = new EngineMemory({ ...rest, buffers: BUFFERS, fibBytes: ARENA_HEADER_BYTES });
    this.exports = instantiateEngine(engineModule(build), this.memory.memory);
    this.start = this.memory.offset(SECTION_BUFFERS);
  }

  fill(pattern: Uint8Array): void {
    this.memory.bytes.set(pattern, this.start);
  }

  setSlot(slot: number, buffer: number, offset: number, length: number): void {
    const { view } = this.memory;
    view.setUint32(slot + DESC_BUFFER_OFFSET, buffer, true);
    view.setUint16(slot + DESC_OFFSET_OFFSET, offset, true);
    view.setUint16(slot + DESC_LENGTH_OFFSET, length, true);
  }

  /** Calls, and throws if anything outside of what `allowed` says then has changed. */
  guarded(call: () => number, allowed: (result: number) => readonly Range[], what: Uint8Array): number {
    const { bytes } = this.memory;
    const before = Buffer.from(bytes);
    const result = call();
    for (const { start, bytes: length } of allowed(result)) {
      before.set(bytes.subarray(start, start + length), start);
    }
    if (before.compare(bytes) !== 0) {
      const at = before.findIndex((byte, i) => byte !== bytes[i]);
      throw new Error(`byte 0x${(at - this.start).toString(16)} changed by ${toHex(what)}`);
    }
    return result;
  }

  text({ start, bytes }: Range): string {
    return toHex(this.memory.bytes.subarray(start, start + bytes));
  }
}

/** Descriptors: packets lie apart, in buffers of their own, at an odd place. */
const STRIDE = DESC_BYTES;
const HEADROOM = 13;

function splitAt(bare: Bare, frame: Uint8Array, count: number, room: number): string {
  const { memory, exports, start } = bare;
  const [plan, slots] = [start + 64, start + 128];
  // Behind the last byte of the frame there is no memory.
  const at = memory.bytes.length - frame.length;
  const buffers = start + 0x8000;
  memory.bytes.set(frame, at);
  for (let i = 0; i < count; i++) {
    bare.setSlot(slots + i * STRIDE, buffers + i * (room + HEADROOM + 3), HEADROOM, 0xabcd);
  }
  const used = (result: number): Range[] =>
    Array.from({ length: Math.max(0, result) }, (_, i) => [
      { start: slots + i * STRIDE + DESC_LENGTH_OFFSET, bytes: 2 },
      {
        start: buffers + i * (room + HEADROOM + 3) + HEADROOM,
        bytes: memory.view.getUint16(slots + i * STRIDE + DESC_LENGTH_OFFSET, true),
      },
    ]).flat();
  const result = bare.guarded(
    () => exports.split(at, frame.length, slots, STRIDE, count, room, plan),
    (segments) => [{ start: plan, bytes: PLAN_BYTES }, ...used(segments)],
    frame,
  );
  for (const { bytes } of used(result)) expect(bytes).toBeLessThanOrEqual(Math.max(2, room));
  return `${result} ${used(result)
    .map((range) => bare.text(range))
    .join()}`;
}

/** Behind the last byte of the last packet there is no memory. */
function placeBatch(bare: Bare, packets: readonly Uint8Array[], slots: number): void {
  let at = bare.memory.bytes.length + 3;
  for (const packet of packets) at -= HEADROOM + packet.length + 3;
  for (const [i, packet] of packets.entries()) {
    bare.memory.bytes.set(packet, at + HEADROOM);
    bare.setSlot(slots + i * STRIDE, at, HEADROOM, packet.length);
    at += HEADROOM + packet.length + 3;
  }
}

function coalesceAt(bare: Bare, packets: readonly Uint8Array[], missing: number, flags: number): string {
  const { memory, exports, start } = bare;
  const [work, frames, slots] = [start + 64, start + 0x6000, start + 0x8000];
  const out = start + 0x1_0003;
  placeBatch(bare, packets, slots);
  const needed = packets.reduce((sum, packet) => sum + packet.length + VIRTIO_BYTES, 0);
  const written = (result: number): Range[] => {
    const lengths = Array.from({ length: Math.max(0, result) }, (_, i) =>
      memory.view.getUint32(frames + i * FRAME_BYTES + FRAME_LENGTH_OFFSET, true),
    );
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeLessThanOrEqual(needed);
    return [
      { start: out, bytes },
      { start: frames, bytes: Math.max(0, result) * FRAME_BYTES },
    ];
  };
  const room = needed - missing;
  const result = bare.guarded(
    () => exports.coalesce(slots, STRIDE, packets.length, out, room, frames, work, flags),
    (count) => [{ start: work, bytes: count < 0 ? 0 : GROUPS_BYTES }, ...written(count)],
    concatBytes(...packets),
  );
  return `${result} ${written(result)
    .map((range) => bare.text(range))
    .join()}`;
}

function runsAt(bare: Bare, packets: readonly Uint8Array[], base: number): string {
  const { exports, start } = bare;
  const [work, runs, pieces] = [start + 64, start + 0x6000, start + 0x8000];
  const slots = start + 0xa000;
  placeBatch(bare, packets, slots);
  const written = (result: number): Range[] => [
    { start: runs, bytes: result * RUN_BYTES },
    { start: pieces, bytes: packets.length * PIECE_BYTES },
  ];
  const result = bare.guarded(
    () => exports.udpRuns(slots, STRIDE, packets.length, base, pieces, runs, work),
    (count) => [{ start: work, bytes: GROUPS_BYTES }, ...written(count)],
    concatBytes(...packets),
  );
  return `${result} ${written(result)
    .map((range) => bare.text(range))
    .join()}`;
}

/** Valid, damaged, and noise with a type that asks for something. */
function frameOf(dice: Dice): Uint8Array {
  const kind = dice.int(5);
  if (kind === 0) {
    const noise = dice.bytes(dice.int(200));
    noise.set([1, dice.pick([0, 1, 4, 5, 0x81]), 0, 0].slice(0, noise.length));
    return noise;
  }
  const frame = buildFrame(
    {
      family: dice.family(),
      protocol: dice.pick(['tcp', 'udp'] as const),
      options: dice.bytes(dice.pick([0, 12])),
      payload: dice.bytes(dice.int(1000)),
    },
    1 + dice.int(300),
  );
  return kind === 1 ? frame : damage(frame, dice.u32());
}

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
