import { ARENA_HEADER_BYTES } from '../../assembly/layout.ts';
import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import type { EngineModule } from './engine-module.ts';
import { badOption, EngineError } from './errors.ts';
import { fibPair, type FibChange, type FibPair } from './fib.ts';
import { Lookups } from './lookups.ts';
import {
  checkKind,
  LARGEST_VALUE,
  lpmCapabilities,
  type LpmCapabilities,
  type LpmKind,
  type Traffic,
} from './lpm.ts';
import { EngineMemory } from './memory.ts';
import { SnapshotWriter } from './snapshot.ts';
import { TrafficSample } from './traffic-sample.ts';
import { instantiateEngine, type EngineExports } from './wasm.ts';

/** How large a table is and how it is searched. */
export interface LpmOptions {
  /** Lookup algorithm of both families; default 'auto'. See docs/lpm.md. */
  readonly kind?: LpmKind | 'auto';
  /**
   * For 'auto': 'skewed' lets it take dir24-8 where there is room. 'observed': lookups tell, one in 64 of them, and a
   * `publish` takes another kind once three samples in turn ask for it. Default 'spread'. See docs/lpm.md.
   */
  readonly traffic?: Traffic | 'observed';
  /**
   * Bytes for the prefixes of both families, never grown; default 16 MiB, and with the kinds for large tables 64
   * (dir18-run, dir24-stride6) and 192 (dir24-8, and 'auto' for skewed or observed traffic). Patricia takes at most 64 bytes for an
   * IPv4 prefix and 96 for an IPv6 one, and while a change is not published, the nodes it replaces as well. docs/lpm.md
   * says what the others take.
   */
  readonly tableBytes?: number;
}

/** Memory in use, in bytes. */
export interface LpmStats {
  /** Size of the memory, all of it. */
  readonly memoryBytes: number;
  /** What the published prefixes take. */
  readonly liveBytes: number;
  /** What was replaced and will be used again. */
  readonly retiredBytes: number;
}

const MIB = 1024 * 1024;
const FAMILIES = [4, 6] as const;
/** At most, of a prefix in patricia: two nodes. */
const PATRICIA_BYTES: Readonly<Record<Family, number>> = { 4: 64, 6: 96 };
const TRAFFIC: readonly (Traffic | 'observed')[] = ['spread', 'skewed', 'observed'];
const DEFAULT_TABLE_BYTES = 16 * MIB;
const LARGE_TABLE_BYTES: Readonly<Partial<Record<LpmKind | 'auto', number>>> = {
  'dir18-run': 64 * MIB,
  'dir24-8': 192 * MIB,
  'dir24-stride6': 64 * MIB,
};

/**
 * Longest-prefix match alone: prefixes of both families with a number each, in an engine memory of its own. Changes
 * gather and take effect together at `publish`; lookups see the last publish. Not for more than one thread.
 */
export class Lpm {
  /** As it was asked for. */
  readonly kind: LpmKind | 'auto';
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #snapshots: SnapshotWriter;
  /** For both families; Engine's other tables are there and empty. */
  readonly #fibs: FibPair;
  readonly #empty: FibPair;
  /** The lookup that packets make in an Engine, snapshot and all: what is measured here is what runs there. */
  readonly #lookups: Lookups;
  /** Undefined: nobody asks. */
  readonly #sample: TrafficSample | undefined;
  #changes: Readonly<Record<Family, FibChange[]>> = { 4: [], 6: [] };

  private constructor(
    memory: EngineMemory,
    exports: EngineExports,
    kind: LpmKind | 'auto',
    traffic: Traffic | 'observed',
  ) {
    this.kind = kind;
    const isObserved = kind === 'auto' && traffic === 'observed';
    this.#sample = isObserved ? new TrafficSample() : undefined;
    this.#memory = memory;
    this.#exports = exports;
    this.#snapshots = new SnapshotWriter(memory, exports);
    this.#fibs = fibPair(memory, exports, kind, traffic === 'observed' ? 'spread' : traffic);
    this.#empty = fibPair(memory, exports, kind);
    this.#lookups = Lookups.ofOwner(memory, exports);
    this.#swing();
  }

  /** An empty table. Throws EngineError on options that cannot be met, or a module of another layout. */
  static open(module: EngineModule, options: LpmOptions = {}): Lpm {
    const { kind = 'auto', traffic = 'spread' } = options;
    if (!TRAFFIC.includes(traffic)) throw badOption('traffic', `spread, skewed or observed, not ${traffic}`);
    const likely = kind === 'auto' && traffic !== 'spread' ? 'dir24-8' : kind;
    const { tableBytes = LARGE_TABLE_BYTES[likely] ?? DEFAULT_TABLE_BYTES } = options;
    checkKind('kind', kind);
    const rest = { entries: 1, buckets: 1, rewrites: 1, nextHops: 1, vrfs: 1, buffers: 1, workers: 1 };
    const memory = new EngineMemory({ ...rest, fibBytes: tableBytes });
    const exports = instantiateEngine(module, memory.memory);
    exports.fibInit();
    return new Lpm(memory, exports, kind, traffic);
  }

  /** The algorithm that serves a family now: 'auto' changes it with the table, and no kind serves all families. */
  kindOf(family: Family): LpmKind {
    return this.#fibs[family].kind;
  }

  /** The reason for that algorithm in a few words, from when it was last thought over. */
  whyKind(family: Family): string {
    return this.#fibs[family].why;
  }

  /** What that algorithm can do. */
  capabilities(family: Family): LpmCapabilities {
    return lpmCapabilities(this.#exports, this.kindOf(family));
  }

  /**
   * Adds a prefix, or gives it another value: 1 .. 2^31-1. Throws EngineError `bad-value` on any other, `bad-options` on
   * what is no prefix.
   */
  insert(prefix: IpPrefix, value: number): void {
    const changes = this.#changesOf(prefix);
    if (value === 0 || (value & LARGEST_VALUE) !== value) {
      const hint = `a value is 1 .. 2^31-1, not ${value}`;
      throw new EngineError('bad-value', formatPrefix(prefix), value, LARGEST_VALUE, hint);
    }
    changes.push({ prefix, value });
  }

  /** Takes exactly this prefix away; nothing happens when it is not there. */
  remove(prefix: IpPrefix): void {
    this.#changesOf(prefix).push({ prefix, value: 0 });
  }

  #changesOf(prefix: IpPrefix): FibChange[] {
    // JavaScript lets text in, too.
    const family = (prefix as Partial<IpPrefix> | undefined)?.address?.family;
    if (family !== 4 && family !== 6) throw badOption('prefix', 'use cidr()');
    return this.#changes[family];
  }

  /**
   * Makes the changes since the last call visible to lookups, in the order they were made, and takes the kind that observed
   * traffic asks for. A table of kind 'auto' that
   * finds no room in one kind is tried in another. Throws EngineError `no-room` when `tableBytes` do not suffice; the
   * table is then as it was, and the changes are forgotten.
   */
  publish(): void {
    const changes = this.#changes;
    this.#changes = { 4: [], 6: [] };
    if (this.#sample !== undefined) this.#fibs[4].traffic = this.#sample.traffic;
    if (changes[4].length + changes[6].length === 0 && !this.#fibs[4].isStale) return;
    while (!this.#isPublished(changes));
    for (const family of FAMILIES) this.#fibs[family].commit();
  }

  /** One try. False: try again. */
  #isPublished(changes: Readonly<Record<Family, readonly FibChange[]>>): boolean {
    this.#exports.fibBegin();
    try {
      for (const family of FAMILIES) this.#fibs[family].apply(changes[family]);
      this.#swing();
      return true;
    } catch (error) {
      for (const family of FAMILIES) this.#fibs[family].rollback();
      this.#exports.fibRollback();
      if (FAMILIES.some((family) => this.#fibs[family].tryAnother())) return false;
      for (const family of FAMILIES) this.#fibs[family].giveUp();
      throw error instanceof EngineError && error.section === 'fibBytes' ? this.#noRoom(changes) : error;
    }
  }

  /** Tells how much would do: for patricia, all nodes there can be beside what is live now. Of other kinds it is not known. */
  #noRoom(changes: Readonly<Record<Family, readonly FibChange[]>>): EngineError {
    const { fibBytes } = this.#memory.capacity;
    const isKnown = this.kind === 'auto' || this.kind === 'patricia';
    let wanted = fibBytes + 1;
    if (isKnown) {
      wanted = ARENA_HEADER_BYTES + this.stats().liveBytes;
      for (const family of FAMILIES)
        wanted += (this.#fibs[family].count() + changes[family].length) * PATRICIA_BYTES[family];
    }
    const hint = isKnown ? `have ${fibBytes}, ${wanted} would do` : `more than ${fibBytes} wanted`;
    return new EngineError('no-room', 'tableBytes', wanted, fibBytes, hint);
  }

  /** The value of the longest prefix that covers `address`; 0 for none. */
  lookup(address: IpAddress): number {
    if (address.family === 4) this.#sample?.seeOne(address.w0);
    return this.#lookups.one('routes', 0, address);
  }

  /**
   * The values of many addresses of one family at once. `keys` has 1 word (IPv4) or 4 (IPv6) for each, most
   * significant first, as in IpAddress. Fills and returns `out`, which needs room for all and is the caller's, as
   * `keys` is; a fresh array when it is left out. Copies through the engine's memory, 256 keys at a time. Throws, before
   * any lookup, when `keys` ends within a key or `out` is too short.
   */
  lookupBatch(family: Family, keys: Uint32Array, out?: Uint32Array): Uint32Array {
    const values = out ?? new Uint32Array(keys.length / (family === 4 ? 1 : 4));
    // Before, since `out` may be `keys`.
    if (family === 4) this.#sample?.see(keys);
    this.#lookups.batch('routes', 0, family, keys, values);
    return values;
  }

  /**
   * Where `lookupInPlace` looks for its keys: room for 256 of either family, in the engine's memory. Write them from the
   * start on, as for `lookupBatch`; other lookups overwrite them.
   */
  get keys(): Uint32Array {
    return this.#lookups.keys;
  }

  /**
   * The values of the first `count` addresses in `keys`, 0 .. 256: as `lookupBatch`, without a copy in or out. They are in
   * the engine's memory, always in the same array of 256, until the next lookup of any kind.
   */
  lookupInPlace(family: Family, count: number): Uint32Array {
    this.#lookups.inPlace('routes', 0, family, count);
    if (family === 4) this.#sample?.see(this.#lookups.keys, count);
    return this.#lookups.values;
  }

  /** How full the memory is. */
  stats(): LpmStats {
    const { live, retired } = this.#memory.fibBytes();
    return { memoryBytes: this.#memory.byteLength, liveBytes: live, retiredBytes: retired };
  }

  #swing(): void {
    const fibs = [this.#fibs, this.#empty, this.#empty];
    this.#snapshots.publish([{ instanceId: 0, fibs, petr: { 4: 0, 6: 0 } }], 0);
  }
}
