/**
 * What surrounds packets in an engine's memory, and whether it is still there. Buffers are filled with a pattern that
 * changes from batch to batch: an engine that looks beside a packet decides by it and differs from the Model sooner or
 * later; one that writes there is found at once.
 */
import {
  BUFFER_BYTES,
  BUFFER_HEADROOM,
  COUNTER_ROW_BYTES,
  DESC_BYTES,
  DESC_FLAGS_OFFSET,
  DESC_REPORTED,
  REPORT_BYTES,
  SECTION_BUFFERS,
  SECTION_COUNTERS,
  SECTION_DESCRIPTORS,
  SECTION_HITS,
  SECTION_WORK,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { GeneratedPacket } from '../support/gen-packets.ts';

/** What outer headers take at most. */
const MOST_HEADERS = 56;
const PATTERN_BYTES = 8191;

interface Range {
  readonly start: number;
  readonly end: number;
}

export class Guard {
  readonly #memory: Buffer;
  readonly #engine: Engine;
  readonly #buffers: number;
  readonly #descriptors: number;
  /** What the buffers held around the packets of this batch. */
  readonly #image: Buffer;
  readonly #pattern: Buffer;
  /**
   * All that packets must leave as it is: in order, without the columns of worker 0, descriptors and buffers. The
   * control block is in it: worker 0 announces nothing.
   */
  readonly #fixed: readonly Range[];
  #before: Buffer;
  #phase = 0;

  constructor(engine: Engine) {
    const { memory } = engine;
    const { buffers, entries } = memory.capacity;
    this.#engine = engine;
    this.#memory = Buffer.from(memory.memory.buffer);
    this.#buffers = memory.offset(SECTION_BUFFERS);
    this.#descriptors = memory.offset(SECTION_DESCRIPTORS);
    this.#image = Buffer.alloc(buffers * BUFFER_BYTES);
    // Two of them one behind the other: any phase of the pattern is one piece.
    this.#pattern = Buffer.from(
      Uint8Array.from({ length: PATTERN_BYTES + BUFFER_BYTES }, (_, i) => patternByte(i)),
    );
    const own = (section: number, bytes: number): Range => {
      const start = memory.offset(section);
      return { start, end: start + bytes };
    };
    this.#fixed = complement(
      [
        own(SECTION_COUNTERS, COUNTER_ROW_BYTES),
        own(SECTION_HITS, 8 * entries),
        own(SECTION_DESCRIPTORS, buffers * DESC_BYTES),
        own(SECTION_BUFFERS, buffers * BUFFER_BYTES),
        own(SECTION_WORK, WORK_BYTES),
      ],
      this.#memory.length,
    );
    this.#before = Buffer.alloc(this.#memory.length);
    this.remember();
  }

  /** The tables have changed by right. */
  remember(): void {
    for (const { start, end } of this.#fixed) this.#memory.copy(this.#before, start, start, end);
  }

  /** Fills the first `count` buffers. */
  surround(count: number): void {
    for (let slot = 0; slot < count; slot++) {
      this.#phase = (this.#phase + 131) % PATTERN_BYTES;
      const at = slot * BUFFER_BYTES;
      this.#pattern.copy(this.#image, at, this.#phase, this.#phase + BUFFER_BYTES);
      this.#image.copy(this.#memory, this.#buffers + at, at, at + BUFFER_BYTES);
    }
  }

  /** What happened to a buffer beside its packet: before its outermost header, and after its last byte. */
  trespass(packets: readonly GeneratedPacket[]): string | undefined {
    for (let slot = 0; slot < packets.length; slot++) {
      const flags = this.#memory[this.#descriptors + slot * DESC_BYTES + DESC_FLAGS_OFFSET]!;
      const front = (flags & DESC_REPORTED) === 0 ? 0 : REPORT_BYTES;
      const tail = BUFFER_HEADROOM + packets[slot]!.bytes.length;
      const isWhole =
        this.#isUntouched(slot, front, BUFFER_HEADROOM - MOST_HEADERS) &&
        this.#isUntouched(slot, tail, BUFFER_BYTES);
      if (!isWhole) return `packet ${slot}: bytes beside it in its buffer were written`;
    }
    return undefined;
  }

  /** What happened to memory that no packet of worker 0 may change. */
  change(): string | undefined {
    for (const { start, end } of this.#fixed) {
      if (this.#memory.compare(this.#before, start, end, start, end) === 0) continue;
      let at = start;
      while (this.#memory[at] === this.#before[at]) at++;
      return `byte 0x${at.toString(16)} of the memory was written (${this.#engine.memory.byteLength} in all)`;
    }
    return undefined;
  }

  #isUntouched(slot: number, from: number, to: number): boolean {
    const at = slot * BUFFER_BYTES;
    const start = this.#buffers + at;
    return this.#memory.compare(this.#image, at + from, at + to, start + from, start + to) === 0;
  }
}

/** No two places within a buffer look alike for long. */
function patternByte(i: number): number {
  const at = i % PATTERN_BYTES;
  return (at * 151 + (at >>> 8) * 31 + 89) & 0xff;
}

function complement(ranges: readonly Range[], end: number): Range[] {
  const gaps: Range[] = [];
  let at = 0;
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    gaps.push({ start: at, end: range.start });
    at = range.end;
  }
  return [...gaps, { start: at, end }].filter((gap) => gap.end > gap.start);
}
