import {
  BUFFER_BYTES,
  BUFFER_HEADROOM,
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_COOKIE_OFFSET,
  DESC_DECAPSULATED,
  DESC_FLAGS_OFFSET,
  DESC_IN_INTERFACE_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_ORIGINATED,
  DESC_UNDERLAY,
  MAX_PACKET_BYTES,
  SECTION_BUFFERS,
  SECTION_DESCRIPTORS,
} from '../../assembly/layout.ts';
import type { InjectOptions, Verdict } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import { readVerdict } from './verdicts.ts';
import type { EngineExports } from './wasm.ts';

/** The packets of one worker, in the descriptors and buffers that are its own: in, through, and out in that order. */
export class PacketQueue {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #worker: number;
  /** Its first slot; then how many have been collected, processed, queued. All start over when all is collected. */
  readonly #first: number;
  #collected = 0;
  #processed = 0;
  #queued = 0;

  constructor(memory: EngineMemory, exports: EngineExports, worker: number) {
    this.#memory = memory;
    this.#exports = exports;
    this.#worker = worker;
    this.#first = worker * memory.capacity.buffers;
  }

  /** Some were injected since the last `process`. */
  get isWaiting(): boolean {
    return this.#processed < this.#queued;
  }

  /** Some are to be collected. */
  get hasVerdicts(): boolean {
    return this.#collected < this.#processed;
  }

  inject(packet: Uint8Array, options: InjectOptions): boolean {
    const { buffers } = this.#memory.capacity;
    if (packet.length > MAX_PACKET_BYTES || this.#queued >= buffers) return false;
    const slot = this.#first + this.#queued++;
    const { bytes, view } = this.#memory;
    const buffer = this.#memory.offset(SECTION_BUFFERS) + slot * BUFFER_BYTES;
    bytes.set(packet, buffer + BUFFER_HEADROOM);
    const at = this.#descriptor(slot);
    bytes.fill(0, at, at + DESC_BYTES);
    view.setUint32(at + DESC_BUFFER_OFFSET, buffer, true);
    view.setUint16(at + DESC_OFFSET_OFFSET, BUFFER_HEADROOM, true);
    view.setUint16(at + DESC_LENGTH_OFFSET, packet.length, true);
    view.setUint16(at + DESC_IN_INTERFACE_OFFSET, options.interfaceIndex, true);
    const flags =
      (options.originated === true ? DESC_ORIGINATED : 0) |
      (options.decapsulated === true ? DESC_DECAPSULATED : 0) |
      (options.underlay === true ? DESC_UNDERLAY : 0);
    view.setUint8(at + DESC_FLAGS_OFFSET, flags);
    view.setUint32(at + DESC_INSTANCE_OFFSET, options.instanceId ?? 0, true);
    view.setUint32(at + DESC_COOKIE_OFFSET, options.cookie ?? 0, true);
    return true;
  }

  process(): void {
    this.#exports.process(this.#worker, this.#first + this.#processed, this.#queued - this.#processed);
    this.#processed = this.#queued;
  }

  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
    const end = this.#processed;
    while (this.#collected < end) {
      const at = this.#descriptor(this.#first + this.#collected++);
      const { view, bytes } = this.#memory;
      const start =
        view.getUint32(at + DESC_BUFFER_OFFSET, true) + view.getUint16(at + DESC_OFFSET_OFFSET, true);
      visit(
        readVerdict(this.#memory, at),
        bytes.subarray(start, start + view.getUint16(at + DESC_LENGTH_OFFSET, true)),
      );
    }
    if (this.#collected < this.#queued) return;
    this.#collected = 0;
    this.#processed = 0;
    this.#queued = 0;
  }

  #descriptor(slot: number): number {
    return this.#memory.offset(SECTION_DESCRIPTORS) + slot * DESC_BYTES;
  }
}
