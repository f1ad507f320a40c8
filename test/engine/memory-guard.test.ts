// What a packet may touch: its own slot and the columns of its worker. What it may depend on: its own bytes.
import { describe, expect, it } from 'vitest';
import {
  BUFFER_BYTES,
  COUNTER_ROW_BYTES,
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  MAX_PACKET_BYTES,
  SECTION_BUFFERS,
  SECTION_COUNTERS,
  SECTION_DESCRIPTORS,
  SECTION_HITS,
  SECTION_WORK,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import { toHex } from '../../src/base/bytes.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { applyOp, ForwardingGen, type GeneratedPacket } from '../support/gen-forwarding.ts';
import { makeEngine } from './engine-builds.ts';

const ENTRIES = 512;
const WORKERS = 2;
/** The packet lies in the middle one of three slots. */
const SLOT = 1;
const PACKETS_PER_SEED = 100;

/** Enough for the largest of the filled ranges. */
function patternOf(byte: (i: number) => number): Uint8Array {
  return Uint8Array.from({ length: WORKERS * WORK_BYTES }, (_, i) => byte(i));
}

const GUARD = patternOf((i) => (i * 151 + 89) & 0xff);

interface Range {
  readonly start: number;
  readonly bytes: number;
}

/** All that a packet in SLOT may change when `worker` forwards it. What it announces is taken back at the end. */
function allowed({ memory }: Engine, worker: number): Range[] {
  const part = (section: number, index: number, bytes: number): Range => ({
    start: memory.offset(section) + index * bytes,
    bytes,
  });
  return [
    part(SECTION_COUNTERS, worker, COUNTER_ROW_BYTES),
    part(SECTION_HITS, worker, ENTRIES * 8),
    part(SECTION_DESCRIPTORS, SLOT, DESC_BYTES),
    part(SECTION_BUFFERS, SLOT, BUFFER_BYTES),
    part(SECTION_WORK, worker, WORK_BYTES),
  ];
}

function makeGuarded(build: 'release' | 'debug', gen: ForwardingGen): Engine {
  const engine = makeEngine(build, {
    entries: ENTRIES,
    workers: WORKERS,
    buffers: 3,
    fibBytes: 64 * 1024,
    vrfs: 8,
  });
  for (const op of gen.tables()) applyOp(engine, op);
  engine.publish();
  return engine;
}

/** Puts the packet into SLOT, everything else in buffers, descriptors and work areas being `pattern`. */
function place(engine: Engine, { bytes, options }: GeneratedPacket, pattern: Uint8Array): void {
  const { memory } = engine;
  for (let slot = 0; slot < 3; slot++) expect(engine.inject(bytes, options)).toBe(true);
  const buffers = memory.offset(SECTION_BUFFERS);
  const descriptors = memory.offset(SECTION_DESCRIPTORS);
  const descriptor = memory.bytes.slice(
    descriptors + SLOT * DESC_BYTES,
    descriptors + (SLOT + 1) * DESC_BYTES,
  );
  const fill = (start: number, length: number): void => {
    memory.bytes.set(pattern.subarray(0, length), start);
  };
  fill(buffers, 3 * BUFFER_BYTES);
  fill(descriptors, 3 * DESC_BYTES);
  fill(memory.offset(SECTION_WORK), WORKERS * WORK_BYTES);
  memory.bytes.set(descriptor, descriptors + SLOT * DESC_BYTES);
  memory.bytes.set(bytes, packetStart(engine));
}

function descriptorAt({ memory }: Engine): number {
  return memory.offset(SECTION_DESCRIPTORS) + SLOT * DESC_BYTES;
}

function packetStart(engine: Engine): number {
  const at = descriptorAt(engine);
  const { view } = engine.memory;
  return view.getUint32(at + DESC_BUFFER_OFFSET, true) + view.getUint16(at + DESC_OFFSET_OFFSET, true);
}

/** The descriptor and the packet that it describes. */
function outcome(engine: Engine): string {
  const at = descriptorAt(engine);
  const { bytes, view } = engine.memory;
  const start = packetStart(engine);
  const length = view.getUint16(at + DESC_LENGTH_OFFSET, true);
  return `${toHex(bytes.subarray(at, at + DESC_BYTES))} ${toHex(bytes.subarray(start, start + length))}`;
}

/** Lets the fake queue start over. */
function reset(engine: Engine): void {
  const { memory } = engine;
  const at = memory.offset(SECTION_DESCRIPTORS);
  memory.bytes.fill(0, at, at + 3 * DESC_BYTES);
  engine.process();
  engine.collect(() => undefined);
}

function* packets(gen: ForwardingGen): Iterable<GeneratedPacket> {
  for (let i = 0; i < PACKETS_PER_SEED; i++) {
    const { bytes, options } = gen.packet();
    yield { bytes, options };
    // Half of it overwritten, and noise of any length.
    const damaged = bytes.slice();
    for (let n = gen.int(4); n >= 0 && damaged.length > 0; n--)
      damaged[gen.int(damaged.length)] = gen.int(256);
    yield { bytes: damaged, options };
    yield { bytes: gen.bytes(gen.int(gen.chance(95) ? 120 : MAX_PACKET_BYTES + 1)), options };
  }
  for (const length of [0, 1, 19, 20, 39, 40, MAX_PACKET_BYTES]) {
    for (const first of [0x45, 0x4f, 0x60]) {
      const bytes = new Uint8Array(length).fill(first);
      yield { bytes, options: { interfaceIndex: 1 } };
    }
  }
}

describe.each(['release', 'debug'] as const)(
  'a packet, valid, damaged or noise, in the %s build',
  (build) => {
    it('changes nothing outside its slot, and the counters, hits and work area of its worker', () => {
      for (const seed of [1, 2, 3]) {
        const gen = new ForwardingGen(seed);
        const engine = makeGuarded(build, gen);
        const { bytes } = engine.memory;
        for (const packet of packets(gen)) {
          const worker = gen.int(WORKERS);
          place(engine, packet, GUARD);
          const before = Buffer.from(bytes);
          engine.exports.process(worker, SLOT, 1);
          for (const { start, bytes: length } of allowed(engine, worker)) {
            before.set(bytes.subarray(start, start + length), start);
          }
          if (before.compare(bytes) !== 0) {
            const at = before.findIndex((byte, i) => byte !== bytes[i]);
            throw new Error(`seed ${seed}: byte 0x${at.toString(16)} changed by ${toHex(packet.bytes)}`);
          }
          reset(engine);
        }
      }
    });

    it('comes to the same end whatever lies around it', () => {
      const patterns = [patternOf(() => 0), patternOf(() => 0xff), GUARD];
      for (const seed of [4, 5]) {
        const gen = new ForwardingGen(seed);
        const engine = makeGuarded(build, gen);
        for (const packet of packets(gen)) {
          const ends = patterns.map((pattern) => {
            place(engine, packet, pattern);
            engine.exports.process(0, SLOT, 1);
            const end = outcome(engine);
            reset(engine);
            return end;
          });
          expect(new Set(ends).size, `seed ${seed}: ${toHex(packet.bytes)}`).toBe(1);
        }
      }
    });
  },
);
