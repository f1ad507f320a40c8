// The offloads on a memory of the test's own: what they may touch is what they are told to, and anything else that
// changes is told.
import {
  ARENA_HEADER_BYTES,
  BUFFER_BYTES,
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  FRAME_BYTES,
  FRAME_LENGTH_OFFSET,
  GROUPS_BYTES,
  PIECE_BYTES,
  PLAN_BYTES,
  RUN_BYTES,
  SECTION_BUFFERS,
  VIRTIO_BYTES,
} from '../../assembly/layout.ts';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { EngineMemory } from '../../src/engine/memory.ts';
import { instantiateEngine, type EngineExports } from '../../src/engine/wasm.ts';
import { type Dice } from '../support/gen-dice.ts';
import { engineModule } from './engine-builds.ts';
import type { OFFLOAD_BUILDS } from './offload-builds.ts';
import { buildFrame, damage } from './offload-packets.ts';

interface Range {
  readonly start: number;
  readonly bytes: number;
}

const BUFFERS = 160;
/** What lies in the buffers before a call. */
export const PATTERNS = [() => 0, () => 0xff, (i: number) => i * 151 + (i >> 8) * 89].map((byte) =>
  Uint8Array.from({ length: BUFFERS * BUFFER_BYTES }, (_, i) => byte(i)),
);

/** An engine memory whose buffers are the tests', and the exports on it. */
export class Bare {
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

/** What became of a frame, as text: result, lengths and bytes. `room`: bytes of each of `count` slots. */
export function splitAt(bare: Bare, frame: Uint8Array, count: number, room: number): string {
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
  const most = Math.max(2, room);
  const long = used(result).find(({ bytes }) => bytes > most);
  if (long !== undefined) throw new Error(`${long.bytes} bytes in room for ${room}, of ${toHex(frame)}`);
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

/** What became of a batch, as text, with `missing` bytes less room than it may need. */
export function coalesceAt(
  bare: Bare,
  packets: readonly Uint8Array[],
  missing: number,
  flags: number,
): string {
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
    if (bytes > needed) throw new Error(`${bytes} bytes for packets of ${needed}`);
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

/** The runs of a batch, as text. */
export function runsAt(bare: Bare, packets: readonly Uint8Array[], base: number): string {
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
export function frameOf(dice: Dice): Uint8Array {
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
