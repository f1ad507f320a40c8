/**
 * Packets that arrive in an engine's own memory, without TypeScript in between: frames are copied to their buffers and
 * described by bench/receive.as, then worked on. 4096 buffers are used in turn.
 */
import { fold } from '../src/base/checksum.ts';
import type { Engine } from '../src/engine/engine.ts';
import { BUFFER_BYTES, SECTION_BUFFERS, SECTION_DESCRIPTORS } from '../assembly/layout.ts';
import { compileStage } from './compile-as.ts';

export const FRAMES = 1024;
/** Packets a batch. */
export const BATCH = 256;
export const SLOTS = 4096;
const SIDE_WORDS = 4;
/** Buffers that hold frames and keys instead of packets. */
const SPARE = Math.ceil((FRAMES * (128 + 4 * SIDE_WORDS) + 4 * BATCH) / BUFFER_BYTES);
/** What an engine needs as `buffers`. */
export const STREAM_BUFFERS = SLOTS + SPARE;

/** Bytes from one frame to the next, 64 or 128; where the IPv4 header is whose destination may come from keys. */
export interface FrameShape {
  readonly bytes: number;
  readonly inner: number;
}

type Receive = (
  frames: number,
  sides: number,
  keys: number,
  slots: number,
  stride: number,
  descriptors: number,
  first: number,
  count: number,
) => void;

export class FrameStream {
  /** First byte of the first buffer. */
  readonly slots: number;
  readonly descriptors: number;
  readonly #engine: Engine;
  readonly #shape: FrameShape;
  readonly #receive: Receive;
  readonly #frames: number;
  readonly #sides: number;
  readonly #keys: number;

  constructor(engine: Engine, shape: FrameShape) {
    const { receive, setFrames } = compileStage('receive', engine);
    (setFrames as (bytes: number, inner: number) => void)(shape.bytes, shape.inner);
    this.#engine = engine;
    this.#shape = shape;
    this.#receive = receive as Receive;
    this.slots = engine.memory.offset(SECTION_BUFFERS);
    this.descriptors = engine.memory.offset(SECTION_DESCRIPTORS);
    this.#frames = this.slots + SLOTS * BUFFER_BYTES;
    this.#sides = this.#frames + FRAMES * shape.bytes;
    this.#keys = this.#sides + FRAMES * 4 * SIDE_WORDS;
  }

  /** Frames of which the destination comes from the keys where it is the key of that number, and else stays. */
  setFrames(packets: readonly Uint8Array[], keys?: Uint32Array): void {
    const { bytes: room, inner } = this.#shape;
    const { bytes, words } = this.#engine.memory;
    for (const [i, packet] of packets.entries()) {
      const at = this.#frames + i * room;
      bytes.fill(0, at, at + room);
      bytes.set(packet.subarray(0, room), at);
      const view = new DataView(bytes.buffer, at + inner, 20);
      const destination = view.getUint32(16);
      const side = this.#sides / 4 + i * SIDE_WORDS;
      words[side] = fold(
        (~view.getUint16(10) & 0xffff) + (~view.getUint16(16) & 0xffff) + (~view.getUint16(18) & 0xffff),
      );
      words[side + 1] = packet.length < inner + 20 || destination === keys?.[i] ? 0 : destination;
      words[side + 2] = packet.length;
    }
  }

  /** Receives all, and forwards unless told not to. Returns how many. */
  pass(keys: Uint32Array, isForwarding = true): number {
    for (let at = 0; at < keys.length; at += BATCH) this.batch(keys, at, isForwarding);
    return keys.length;
  }

  /** The batch from key `at` on; its packets are in the buffers from `at` on, modulo SLOTS. Returns how many. */
  batch(keys: Uint32Array, at: number, isForwarding: boolean): number {
    const some = keys.subarray(at, at + BATCH);
    const first = at % SLOTS;
    const { length } = some;
    this.#engine.memory.words.set(some, this.#keys / 4);
    this.#receive(
      this.#frames,
      this.#sides,
      this.#keys,
      this.slots,
      BUFFER_BYTES,
      this.descriptors,
      first,
      length,
    );
    if (isForwarding) this.#engine.exports.process(0, first, length);
    return length;
  }
}
