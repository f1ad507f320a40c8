import { err, ok, type Result } from '../base/result.ts';
import {
  ARENA_HEADER_BYTES,
  BATCH_MAX,
  BUFFER_BYTES,
  COALESCE_FIXED_ID,
  COALESCE_UDP,
  DESC_BUFFER_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  FRAME_ADDRESS_OFFSET,
  FRAME_BYTES,
  FRAME_FIRST_OFFSET,
  FRAME_LENGTH_OFFSET,
  FRAME_PACKETS_OFFSET,
  GROUPS_BYTES,
  PIECE_BYTES,
  PLAN_BYTES,
  PLAN_SEGMENT_BYTES_OFFSET,
  PLAN_SEGMENTS_OFFSET,
  RUN_BYTES,
  RUN_OUTER_OFFSET,
  RUN_PACKET_OFFSET,
  RUN_PACKETS_OFFSET,
  RUN_PIECE_OFFSET,
  RUN_SEGMENT_OFFSET,
  SECTION_BUFFERS,
  VIRTIO_BYTES,
} from '../../assembly/layout.ts';
import type { EngineModule } from './engine-module.ts';
import { EngineMemory } from './memory.ts';
import {
  MAX_BATCH_BYTES,
  MAX_FRAME_BYTES,
  MAX_SEGMENTS,
  offloadFault,
  type CoalesceOptions,
  type DatagramRun,
  type OffloadFault,
  type Offloads,
  type SuperFrame,
} from './offloads.ts';
import { instantiateEngine, type EngineExports } from './wasm.ts';

/** Slots here are what a descriptor begins with. */
const SLOT_BYTES = 8;

/** Parts of the memory, one behind the other: name and bytes. Input and output have a guard of nothing between them. */
const PARTS = [
  ['work', GROUPS_BYTES],
  ['plan', PLAN_BYTES],
  ['slots', MAX_SEGMENTS * SLOT_BYTES],
  ['frames', BATCH_MAX * FRAME_BYTES],
  ['runs', BATCH_MAX * RUN_BYTES],
  ['pieces', BATCH_MAX * PIECE_BYTES],
  ['input', MAX_BATCH_BYTES],
  ['output', MAX_BATCH_BYTES + BATCH_MAX * VIRTIO_BYTES],
] as const;

type Part = (typeof PARTS)[number][0];

/** The offloads in WebAssembly, in an engine memory of their own. Bytes that come back are views, valid until the next call. */
export class Offload implements Offloads {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #at: Readonly<Record<Part, number>>;

  private constructor(memory: EngineMemory, exports: EngineExports) {
    this.#memory = memory;
    this.#exports = exports;
    let next = memory.offset(SECTION_BUFFERS);
    const at: Partial<Record<Part, number>> = {};
    for (const [part, bytes] of PARTS) {
      at[part] = next;
      next += Math.ceil(bytes / 64) * 64;
    }
    this.#at = at as Record<Part, number>;
  }

  /** Throws EngineError on a module of another layout. */
  static open(module: EngineModule): Offload {
    const bytes = PARTS.reduce((sum, [, size]) => sum + Math.ceil(size / 64) * 64, 0);
    const rest = { entries: 1, buckets: 1, rewrites: 1, nextHops: 1, vrfs: 1, workers: 1 };
    const buffers = Math.ceil(bytes / BUFFER_BYTES);
    const memory = new EngineMemory({ ...rest, buffers, fibBytes: ARENA_HEADER_BYTES });
    return new Offload(memory, instantiateEngine(module, memory.memory));
  }

  split(frame: Uint8Array): Result<readonly Uint8Array[], OffloadFault> {
    if (!this.load(frame)) return err('no-room');
    const count = this.splitLoaded(frame.length);
    return count < 0 ? err(offloadFault(count)) : ok(Array.from({ length: count }, (_, i) => this.#slot(i)));
  }

  coalesce(
    packets: readonly Uint8Array[],
    options: CoalesceOptions = {},
  ): Result<readonly SuperFrame[], OffloadFault> {
    const refused = this.loadBatch(packets);
    if (refused !== undefined) return err(refused);
    const count = this.coalesceLoaded(packets.length, options);
    return count < 0 ? err(offloadFault(count)) : ok(Array.from({ length: count }, (_, i) => this.#frame(i)));
  }

  runs(packets: readonly Uint8Array[]): Result<readonly DatagramRun[], OffloadFault> {
    const refused = this.loadBatch(packets);
    if (refused !== undefined) return err(refused);
    const count = this.runsLoaded(packets.length);
    return count < 0 ? err(offloadFault(count)) : ok(Array.from({ length: count }, (_, i) => this.#run(i)));
  }

  /**
   * Copies a frame in; false when it is too long.
   * @internal
   */
  load(frame: Uint8Array): boolean {
    if (frame.length > MAX_FRAME_BYTES) return false;
    this.#memory.bytes.set(frame, this.#at.input);
    return true;
  }

  /**
   * Splits what was loaded, any number of times: the engine's work without the copy. Returns the number of packets, or
   * an OFFLOAD_, negative.
   * @internal
   */
  splitLoaded(bytes: number): number {
    const { input, output, plan, slots } = this.#at;
    const { view } = this.#memory;
    const refused = this.#exports.planSplit(input, bytes, plan);
    if (refused !== 0) return refused;
    const segments = view.getUint32(plan + PLAN_SEGMENTS_OFFSET, true);
    const room = view.getUint32(plan + PLAN_SEGMENT_BYTES_OFFSET, true);
    // End to end, so that equal ones are as UDP_SEGMENT wants them. Without room there is none for any of them.
    const fits = segments * room <= MAX_BATCH_BYTES;
    for (let i = 0; i < Math.min(segments, MAX_SEGMENTS); i++) this.#setSlot(i, output + i * room, 0);
    return this.#exports.split(input, bytes, slots, SLOT_BYTES, MAX_SEGMENTS, fits ? room : 0, plan);
  }

  /**
   * Copies packets in; says why not.
   * @internal
   */
  loadBatch(packets: readonly Uint8Array[]): OffloadFault | undefined {
    if (packets.length > BATCH_MAX) return 'no-slots';
    const bytes = packets.reduce((sum, packet) => sum + packet.length, 0);
    if (bytes > MAX_BATCH_BYTES || packets.some((packet) => packet.length > 0xffff)) return 'no-room';
    let at = this.#at.input;
    for (const [i, packet] of packets.entries()) {
      this.#memory.bytes.set(packet, at);
      this.#setSlot(i, at, packet.length);
      at += packet.length;
    }
    return undefined;
  }

  /**
   * Coalesces what was loaded, any number of times. Returns the number of frames, or an OFFLOAD_, negative.
   * @internal
   */
  coalesceLoaded(count: number, { udp = true, fixedIds = false }: CoalesceOptions = {}): number {
    const { frames, output, slots, work } = this.#at;
    const flags = (udp ? COALESCE_UDP : 0) | (fixedIds ? COALESCE_FIXED_ID : 0);
    const room = MAX_BATCH_BYTES + BATCH_MAX * VIRTIO_BYTES;
    return this.#exports.coalesce(slots, SLOT_BYTES, count, output, room, frames, work, flags);
  }

  /**
   * Finds the runs of what was loaded, any number of times. Returns how many, or an OFFLOAD_, negative.
   * @internal
   */
  runsLoaded(count: number): number {
    const { pieces, runs, slots, work } = this.#at;
    return this.#exports.udpRuns(slots, SLOT_BYTES, count, 0, pieces, runs, work);
  }

  #setSlot(i: number, address: number, length: number): void {
    const { view } = this.#memory;
    const slot = this.#at.slots + i * SLOT_BYTES;
    view.setUint32(slot + DESC_BUFFER_OFFSET, address, true);
    view.setUint16(slot + DESC_OFFSET_OFFSET, 0, true);
    view.setUint16(slot + DESC_LENGTH_OFFSET, length, true);
  }

  #slot(i: number): Uint8Array {
    const { bytes, view } = this.#memory;
    const slot = this.#at.slots + i * SLOT_BYTES;
    const start = view.getUint32(slot + DESC_BUFFER_OFFSET, true);
    return bytes.subarray(start, start + view.getUint16(slot + DESC_LENGTH_OFFSET, true));
  }

  #frame(i: number): SuperFrame {
    const { bytes, view } = this.#memory;
    const at = this.#at.frames + i * FRAME_BYTES;
    const start = view.getUint32(at + FRAME_ADDRESS_OFFSET, true);
    return {
      frame: bytes.subarray(start, start + view.getUint32(at + FRAME_LENGTH_OFFSET, true)),
      packets: view.getUint32(at + FRAME_PACKETS_OFFSET, true),
      first: view.getUint32(at + FRAME_FIRST_OFFSET, true),
    };
  }

  #run(i: number): DatagramRun {
    const { bytes, view } = this.#memory;
    const at = this.#at.runs + i * RUN_BYTES;
    const packet = view.getUint32(at + RUN_PACKET_OFFSET, true);
    const piece = view.getUint32(at + RUN_PIECE_OFFSET, true);
    const outerBytes = view.getUint16(at + RUN_OUTER_OFFSET, true);
    return {
      payloads: Array.from({ length: view.getUint32(at + RUN_PACKETS_OFFSET, true) }, (_, n) =>
        this.#piece(piece + n),
      ),
      segmentBytes: view.getUint16(at + RUN_SEGMENT_OFFSET, true),
      outerBytes,
      outer: bytes.subarray(packet, packet + outerBytes),
    };
  }

  #piece(i: number): Uint8Array {
    const { bytes, view } = this.#memory;
    const at = this.#at.pieces + i * PIECE_BYTES;
    const start = view.getUint32(at, true);
    return bytes.subarray(start, start + view.getUint32(at + 8, true));
  }
}
