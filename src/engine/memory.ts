import {
  ARENA_HEADER_BYTES,
  ARENA_LIVE_BYTES_OFFSET,
  ARENA_RETIRED_BYTES_OFFSET,
  BUCKET_BYTES,
  BUFFER_BYTES,
  CONTROL_EPOCH_OFFSET,
  CONTROL_LAYOUT_VERSION_OFFSET,
  CONTROL_MAGIC_OFFSET,
  CONTROL_FLAGS_OFFSET,
  CONTROL_OFFSET,
  CONTROL_SECTIONS_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  CONTROL_WORKER_COUNT_OFFSET,
  COUNTER_ROW_BYTES,
  DESC_BYTES,
  ENTRY_BYTES,
  EPOCH_IDLE,
  LAYOUT_VERSION,
  MAGIC,
  MAX_WORKERS,
  NEXT_HOP_BYTES,
  PAGE_BYTES,
  REWRITE_BYTES,
  REWRITE_NONE,
  REWRITE_SIDE_BYTES,
  REWRITE_SIDE_FLAGS_OFFSET,
  SCRATCH_BYTES,
  SECTION_BUCKETS,
  SECTION_BUFFERS,
  SECTION_COUNTERS,
  SECTION_DESCRIPTORS,
  SECTION_ENTRIES,
  SECTION_FIB,
  SECTION_HITS,
  SECTION_NEXT_HOPS,
  SECTION_REWRITES,
  SECTION_REWRITE_SIDE,
  SECTION_SCRATCH,
  SECTION_SNAPSHOTS,
  SECTION_WORK,
  SECTIONS_START,
  SNAPSHOT_COUNT,
  SNAPSHOT_HEADER_BYTES,
  VRF_BYTES,
  WORK_BYTES,
} from '../../assembly/layout.ts';
import type { WasmMemory } from './engine-module.ts';
import { EngineError } from './errors.ts';

/** How much of everything an engine holds. Fixed at open: the memory never grows. */
export interface EngineCapacity {
  /** Map-Cache entries and PETRs, old and new ones while readers are on a batch. */
  readonly entries: number;
  /** Slots of locator choice: 1 for a locator set with one locator, else 16 to 256. Equal sets of an instance share them. */
  readonly buckets: number;
  /** Distinct (own RLOC, remote RLOC, instance, next hop, marking, path MTU), whatever entries they are of. */
  readonly rewrites: number;
  /** Distinct next hops of routes, old and new ones while readers are on a batch. */
  readonly nextHops: number;
  /** Instances ever used, the default one included. */
  readonly vrfs: number;
  /** Packets in flight between inject and collect, of each worker. */
  readonly buffers: number;
  /** Bytes of the lookup structures, the 2,112 of the arena's own header included. */
  readonly fibBytes: number;
  /** 1..64. */
  readonly workers: number;
}

/** Sizes for two uses: a router of a lab (about 1 MiB, never above 2) and a real one (64 MiB). */
export const presets = {
  lab: {
    entries: 4096,
    buckets: 8192,
    rewrites: 1024,
    nextHops: 1024,
    vrfs: 16,
    buffers: 128,
    fibBytes: 512 * 1024,
    workers: 1,
  },
  router: {
    entries: 65_536,
    buckets: 262_144,
    rewrites: 16_384,
    nextHops: 16_384,
    vrfs: 256,
    buffers: 4096,
    fibBytes: 48 * 1024 * 1024,
    workers: 1,
  },
} as const satisfies Record<string, EngineCapacity>;

interface Section {
  readonly offset: number;
  readonly bytes: number;
}

/** Section alignment: counter rows must not share a pair of cache lines. */
const ALIGNMENT = 128;

/** Bytes of each section, in the order of the SECTION_* numbers. */
function sectionSizes(of: EngineCapacity): number[] {
  const sizes: number[] = [];
  sizes[SECTION_COUNTERS] = of.workers * COUNTER_ROW_BYTES;
  sizes[SECTION_ENTRIES] = of.entries * ENTRY_BYTES;
  sizes[SECTION_HITS] = of.workers * of.entries * 8;
  sizes[SECTION_BUCKETS] = of.buckets * BUCKET_BYTES;
  // One more, which nobody takes: noRewrite.
  sizes[SECTION_REWRITES] = (of.rewrites + 1) * REWRITE_BYTES;
  sizes[SECTION_REWRITE_SIDE] = (of.rewrites + 1) * REWRITE_SIDE_BYTES;
  sizes[SECTION_NEXT_HOPS] = of.nextHops * NEXT_HOP_BYTES;
  sizes[SECTION_SNAPSHOTS] = SNAPSHOT_COUNT * (SNAPSHOT_HEADER_BYTES + of.vrfs * VRF_BYTES);
  sizes[SECTION_DESCRIPTORS] = of.workers * of.buffers * DESC_BYTES;
  sizes[SECTION_BUFFERS] = of.workers * of.buffers * BUFFER_BYTES;
  sizes[SECTION_WORK] = of.workers * WORK_BYTES;
  sizes[SECTION_SCRATCH] = SCRATCH_BYTES;
  sizes[SECTION_FIB] = of.fibBytes;
  return sizes;
}

/** The memory of one engine: laid out once, with typed views that stay valid for life. */
export class EngineMemory {
  readonly capacity: EngineCapacity;
  readonly memory: WasmMemory;
  readonly bytes: Uint8Array;
  /** Little-endian by call; for records and, big-endian, for header templates. */
  readonly view: DataView;
  readonly words: Uint32Array;
  readonly #sections: readonly Section[];

  /**
   * A new memory; or one that an engine of this capacity has laid out, as another thread sees it. Throws EngineError on
   * a capacity that does not fit 4 GiB, is not positive, or is not that of the memory.
   */
  constructor(
    capacity: EngineCapacity,
    options: { readonly shared?: boolean; readonly memory?: WasmMemory } = {},
  ) {
    checkCapacity(capacity);
    this.capacity = capacity;
    const sections: Section[] = [];
    let offset: number = SECTIONS_START;
    for (const bytes of sectionSizes(capacity)) {
      sections.push({ offset, bytes });
      offset += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    }
    const pages = Math.ceil(offset / PAGE_BYTES);
    if (pages > 65_536) {
      const name = costliest(capacity);
      const hint = `${pages} pages of 64 KiB, at most 65536: lower ${name}, ${capacity[name]} take the most`;
      throw new EngineError('bad-options', 'memory', pages, 65_536, hint);
    }
    const shared = options.shared ?? false;
    const memory = options.memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    const have = memory.buffer.byteLength / PAGE_BYTES;
    if (have !== pages) throw new EngineError('bad-options', 'memory', pages, have);
    this.memory = memory;
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.words = new Uint32Array(memory.buffer);
    this.#sections = sections;
    if (options.memory === undefined) this.#layOut();
  }

  /** Size in bytes, all of it. */
  get byteLength(): number {
    return this.bytes.length;
  }

  /** Offset of a section in the memory. */
  offset(section: number): number {
    return this.#sections[section]!.offset;
  }

  /** The rewrite in buckets of a row whose locators are all down: nothing fits it. */
  get noRewrite(): number {
    return this.capacity.rewrites;
  }

  /** Of the lookup structures: what the tables take now, and what waits for readers. */
  fibBytes(): { readonly live: number; readonly retired: number } {
    const fib = this.offset(SECTION_FIB);
    const at = (offset: number): number => this.view.getUint32(fib + offset, true);
    return { live: at(ARENA_LIVE_BYTES_OFFSET), retired: at(ARENA_RETIRED_BYTES_OFFSET) };
  }

  setFlags(flags: number): void {
    this.view.setUint32(CONTROL_OFFSET + CONTROL_FLAGS_OFFSET, flags, true);
  }

  /** A u64 that only one thread writes, which may be another one; exact up to 2^53. */
  u64(at: number): number {
    const { view } = this;
    for (;;) {
      const high = view.getUint32(at + 4, true);
      const low = view.getUint32(at, true);
      // It may have carried in between.
      if (view.getUint32(at + 4, true) === high) return low + high * 0x1_0000_0000;
    }
  }

  #layOut(): void {
    const { view } = this;
    const control = (offset: number, value: number): void => {
      view.setUint32(CONTROL_OFFSET + offset, value, true);
    };
    control(CONTROL_MAGIC_OFFSET, MAGIC);
    control(CONTROL_LAYOUT_VERSION_OFFSET, LAYOUT_VERSION);
    control(CONTROL_WORKER_COUNT_OFFSET, this.capacity.workers);
    control(CONTROL_EPOCH_OFFSET, 0);
    for (let worker = 0; worker < MAX_WORKERS; worker++) {
      control(CONTROL_SEEN_OFFSET + (worker << CONTROL_SEEN_STRIDE_SHIFT), EPOCH_IDLE);
    }
    for (const [i, { offset, bytes }] of this.#sections.entries()) {
      control(CONTROL_SECTIONS_OFFSET + 8 * i, offset);
      control(CONTROL_SECTIONS_OFFSET + 8 * i + 4, bytes);
    }
    const side = this.offset(SECTION_REWRITE_SIDE) + this.noRewrite * REWRITE_SIDE_BYTES;
    view.setUint32(side + REWRITE_SIDE_FLAGS_OFFSET, REWRITE_NONE, true);
  }
}

/** Of a capacity: what takes the most bytes. */
function costliest(capacity: EngineCapacity): keyof EngineCapacity {
  const bytesOf = (of: EngineCapacity): number => sectionSizes(of).reduce((sum, bytes) => sum + bytes, 0);
  const names = Object.keys(capacity) as (keyof EngineCapacity)[];
  const without = (name: keyof EngineCapacity): number => bytesOf({ ...capacity, [name]: 1 });
  return names.reduce((least, name) => (without(name) < without(least) ? name : least));
}

function checkCapacity(capacity: EngineCapacity): void {
  for (const [name, value] of Object.entries<number>({ ...capacity })) {
    if (!Number.isInteger(value) || value < 1) throw new EngineError('bad-options', name, 1, value);
  }
  if (capacity.workers > MAX_WORKERS) {
    throw new EngineError('bad-options', 'workers', capacity.workers, MAX_WORKERS);
  }
  if (capacity.fibBytes < ARENA_HEADER_BYTES) {
    throw new EngineError('bad-options', 'fibBytes', ARENA_HEADER_BYTES, capacity.fibBytes);
  }
}
