import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import { word } from '../base/ip.ts';
import {
  ARENA_LIVE_BYTES_OFFSET,
  ARENA_RETIRED_BYTES_OFFSET,
  BATCH_MAX,
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
  SCRATCH_KEYS_OFFSET,
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_DESCRIPTORS,
  SECTION_FIB,
  SECTION_SCRATCH,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
} from '../../assembly/layout.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import { readCounters } from './counters.ts';
import type {
  Counters,
  DataPlane,
  EncapTarget,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  Verdict,
} from './data-plane.ts';
import type { EngineModule } from './engine-module.ts';
import type { LpmKind } from './lpm.ts';
import type { ReceptionRules } from './marking.ts';
import { EngineMemory, presets, type EngineCapacity } from './memory.ts';
import { Publisher, type TableKinds } from './publisher.ts';
import { readVerdict } from './verdicts.ts';
import { instantiateEngine, type EngineExports } from './wasm.ts';

/** What is left to its default follows the 'lab' preset. */
export interface EngineOptions extends Partial<EngineCapacity> {
  /** Lookup algorithm of all tables, or of each (what is left out is 'auto'); default 'auto'. See docs/lpm.md. */
  readonly lpm?: LpmKind | 'auto' | Partial<TableKinds>;
  /** The memory is a SharedArrayBuffer; the module must be the shared build. Default false. */
  readonly shared?: boolean;
  /**
   * For tests only: control flags to open with.
   * @internal
   */
  readonly flags?: number;
}

/** Memory in use, in bytes. */
export interface EngineStats {
  /** Size of the memory, all of it. */
  readonly memoryBytes: number;
  /** Of the lookup structures: what the tables take now, and what waits for readers. */
  readonly fibLiveBytes: number;
  readonly fibRetiredBytes: number;
}

/** A table of an instance, for `lookupBatch`. */
export type EngineTable = 'routes' | 'cache' | 'policy';

const TABLES: Readonly<Record<EngineTable, number>> = {
  routes: TABLE_ROUTES,
  cache: TABLE_CACHE,
  policy: TABLE_POLICY,
};

/** The thread that owns the Engine is worker 0. */
const WORKER = 0;

/**
 * The data plane in WebAssembly. Owns its memory; packets are copied in by `inject` and seen in place by `collect`.
 * Methods throw EngineError only where their docstring says so.
 */
export class Engine implements DataPlane {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #publisher: Publisher;
  /** Descriptors below this have been collected, processed, queued. All start over when everything is collected. */
  #collected = 0;
  #processed = 0;
  #queued = 0;

  private constructor(memory: EngineMemory, exports: EngineExports, lpm: TableKinds) {
    this.#memory = memory;
    this.#exports = exports;
    this.#publisher = new Publisher(memory, exports, lpm);
  }

  /**
   * An engine with empty tables; many may be open, each with a memory of its own. Throws EngineError on options that
   * cannot be met, or a module of another layout or another kind of memory.
   */
  static open(module: EngineModule, options: EngineOptions = {}): Engine {
    const { lpm = 'auto', shared = false, flags = 0, ...capacity } = options;
    const memory = new EngineMemory({ ...presets.lab, ...capacity }, { shared });
    memory.setFlags(flags);
    const exports = instantiateEngine(module, memory.memory);
    exports.fibInit();
    return new Engine(memory, exports, tableKinds(lpm));
  }

  /** Map-Cache entries that fit, PETRs included. */
  get entryCapacity(): number {
    return this.#memory.capacity.entries;
  }

  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop): void {
    this.#publisher.setRoute(instanceId, prefix, nextHop);
  }

  /** Takes the route for exactly this prefix away, if there is one. */
  removeRoute(instanceId: number, prefix: IpPrefix): void {
    this.#publisher.setRoute(instanceId, prefix, undefined);
  }

  setEntry(entry: ForwardingEntry): void {
    this.#publisher.setEntry(entry.eid, entry);
  }

  /** Takes the entry for exactly this EID-Prefix away, with its hit count. */
  removeEntry(eid: EidPrefix): void {
    this.#publisher.setEntry(eid, undefined);
  }

  setPolicy(eid: EidPrefix, flags: number): void {
    this.#publisher.setPolicy(eid, flags);
  }

  setPetr(instanceId: number, innerFamily: Family, targets: readonly EncapTarget[]): void {
    this.#publisher.setPetr(instanceId, innerFamily, targets);
  }

  setProxyEtr(enabled: boolean): void {
    this.#publisher.setProxyEtr(enabled);
  }

  setReception(rules: ReceptionRules): void {
    this.#publisher.setReception(rules);
  }

  /** Throws EngineError on lack of room; the tables stay as they were, and the changes are forgotten. */
  publish(): void {
    this.#publisher.publish();
  }

  inject(packet: Uint8Array, options: InjectOptions): boolean {
    const { buffers } = this.#memory.capacity;
    if (packet.length > MAX_PACKET_BYTES || this.#queued >= buffers) return false;
    const slot = this.#queued++;
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
    this.#exports.process(WORKER, this.#processed, this.#queued - this.#processed);
    this.#processed = this.#queued;
  }

  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
    const end = this.#processed;
    while (this.#collected < end) {
      const at = this.#descriptor(this.#collected++);
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

  matchEntry(instanceId: number, address: IpAddress): EidPrefix | undefined {
    const scratch = this.#memory.offset(SECTION_SCRATCH);
    const keys = scratch + SCRATCH_KEYS_OFFSET;
    const out = scratch + SCRATCH_RESULTS_OFFSET;
    const { view } = this.#memory;
    for (let i = 0; i < 4; i++) view.setUint32(keys + 4 * i, word(address, i), true);
    this.#exports.lookup(WORKER, instanceId, address.family, TABLE_CACHE, keys, out, 1);
    const value = view.getUint32(out, true);
    return value === 0 ? undefined : this.#publisher.eidOfSlot(value - 1);
  }

  /**
   * Looks up many addresses at once. `keys` holds 1 (IPv4) or 4 (IPv6) words each, most significant first; `out`
   * takes a value for each: 0 for no match, else a number that is equal for addresses that meet the same entry.
   * Copies through the engine's scratch area, 256 keys at a time.
   */
  lookupBatch(
    table: EngineTable,
    instanceId: number,
    family: Family,
    keys: Uint32Array,
    out: Uint32Array,
  ): void {
    const width = family === 4 ? 1 : 4;
    const scratch = this.#memory.offset(SECTION_SCRATCH);
    const keysAt = scratch + SCRATCH_KEYS_OFFSET;
    const outAt = scratch + SCRATCH_RESULTS_OFFSET;
    const { words } = this.#memory;
    const count = keys.length / width;
    for (let first = 0; first < count; first += BATCH_MAX) {
      const n = Math.min(BATCH_MAX, count - first);
      words.set(keys.subarray(first * width, (first + n) * width), keysAt / 4);
      this.#exports.lookup(WORKER, instanceId, family, TABLES[table], keysAt, outAt, n);
      out.set(words.subarray(outAt / 4, outAt / 4 + n), first);
    }
  }

  hits(eid: EidPrefix): number {
    return this.#publisher.hits(eid);
  }

  /** Sums since the start, over all workers; a copy. */
  counters(): Counters {
    return readCounters(this.#memory);
  }

  /** How full the memory is. */
  stats(): EngineStats {
    const fib = this.#memory.offset(SECTION_FIB);
    const { view } = this.#memory;
    return {
      memoryBytes: this.#memory.byteLength,
      fibLiveBytes: view.getUint32(fib + ARENA_LIVE_BYTES_OFFSET, true),
      fibRetiredBytes: view.getUint32(fib + ARENA_RETIRED_BYTES_OFFSET, true),
    };
  }

  /**
   * The memory itself: for workers that share it, and for tests.
   * @internal
   */
  get memory(): EngineMemory {
    return this.#memory;
  }

  /**
   * The module's exports: for tests and benches.
   * @internal
   */
  get exports(): EngineExports {
    return this.#exports;
  }

  #descriptor(slot: number): number {
    return this.#memory.offset(SECTION_DESCRIPTORS) + slot * DESC_BYTES;
  }
}

function tableKinds(lpm: NonNullable<EngineOptions['lpm']>): TableKinds {
  if (typeof lpm === 'string') return { routes: lpm, cache: lpm, policy: lpm };
  return { routes: 'auto', cache: 'auto', policy: 'auto', ...lpm };
}
