import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import {
  checkEid,
  checkEntry,
  checkLocatorState,
  checkNonce,
  checkPetr,
  checkPlace,
  checkPolicy,
  checkRoute,
} from './checks.ts';
import { readCounters } from './counters.ts';
import type {
  Counters,
  DataPlane,
  EncapTarget,
  EntryView,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  Verdict,
} from './data-plane.ts';
import type { EngineModule } from './engine-module.ts';
import { clearSeat, makeSeat, type WorkerSeat } from './engine-worker.ts';
import { EngineError } from './errors.ts';
import { Lookups, type EngineTable } from './lookups.ts';
import { checkKind, type LpmKind, type Traffic } from './lpm.ts';
import type { LocatorNonce, ReceptionRules } from './marking.ts';
import { EngineMemory, presets, type EngineCapacity } from './memory.ts';
import { PacketQueue } from './packet-queue.ts';
import { Publisher, type TableKinds } from './publisher.ts';
import { instantiateEngine, type EngineExports } from './wasm.ts';

/** What is left to its default follows the 'lab' preset. */
export interface EngineOptions extends Partial<EngineCapacity> {
  /** Lookup algorithm of all tables, or of each (what is left out is 'auto'); default 'auto'. See docs/lpm.md. */
  readonly lpm?: LpmKind | 'auto' | Partial<TableKinds>;
  /** For 'auto': 'skewed' lets it take dir24-8 where there is room. Default 'spread'. See docs/lpm.md. */
  readonly traffic?: Traffic;
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

/** The thread that owns the Engine is worker 0. */
const WORKER = 0;

/**
 * The data plane in WebAssembly. Owns its memory; packets are copied in by `inject` and seen in place by `collect`.
 * Methods throw EngineError only where their docstring says so.
 */
export class Engine implements DataPlane {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #module: EngineModule;
  readonly #packets: PacketQueue;
  readonly #lookups: Lookups;
  readonly #publisher: Publisher;

  private constructor(
    module: EngineModule,
    memory: EngineMemory,
    exports: EngineExports,
    lpm: TableKinds,
    traffic: Traffic,
  ) {
    this.#module = module;
    this.#memory = memory;
    this.#exports = exports;
    this.#packets = new PacketQueue(memory, exports, WORKER);
    this.#lookups = Lookups.ofOwner(memory, exports);
    this.#publisher = new Publisher(memory, exports, lpm, traffic);
  }

  /**
   * An engine with empty tables; many may be open, each with a memory of its own. Throws EngineError on options that
   * cannot be met, or a module of another layout or another kind of memory.
   */
  static open(module: EngineModule, options: EngineOptions = {}): Engine {
    const { lpm = 'auto', traffic = 'spread', shared = false, flags = 0, ...capacity } = options;
    const memory = new EngineMemory({ ...presets.lab, ...capacity }, { shared });
    memory.setFlags(flags);
    const exports = instantiateEngine(module, memory.memory);
    exports.fibInit();
    return new Engine(module, memory, exports, tableKinds(lpm), traffic);
  }

  /** Map-Cache entries that fit, PETRs included. */
  get entryCapacity(): number {
    return this.#memory.capacity.entries;
  }

  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop): void {
    checkRoute(instanceId, prefix, nextHop);
    this.#publisher.setRoute(instanceId, prefix, nextHop);
  }

  /** Takes the route for exactly this prefix away, if there is one. */
  removeRoute(instanceId: number, prefix: IpPrefix): void {
    checkPlace(instanceId, prefix);
    this.#publisher.setRoute(instanceId, prefix, undefined);
  }

  setEntry(entry: ForwardingEntry): void {
    checkEntry(entry);
    this.#publisher.setEntry(entry.eid, entry);
  }

  /** Takes the entry for exactly this EID-Prefix away, with its hit count. */
  removeEntry(eid: EidPrefix): void {
    checkEid(eid);
    this.#publisher.setEntry(eid, undefined);
  }

  setPolicy(eid: EidPrefix, flags: number): void {
    checkPolicy(eid, flags);
    this.#publisher.setPolicy(eid, flags);
  }

  setPetr(instanceId: number, innerFamily: Family, targets: readonly EncapTarget[]): void {
    checkPetr(instanceId, innerFamily, targets);
    this.#publisher.setPetr(instanceId, innerFamily, targets);
  }

  setLocatorState(locator: IpAddress, state: 'up' | 'down'): void {
    checkLocatorState(locator, state);
    this.#publisher.setDown(locator, state === 'down');
  }

  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
    checkNonce(locator, nonce);
    this.#publisher.setNonce(locator, nonce);
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
    return this.#packets.inject(packet, options);
  }

  process(): void {
    this.#packets.process();
  }

  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
    this.#packets.collect(visit);
  }

  matchEntry(instanceId: number, address: IpAddress): EidPrefix | undefined {
    const value = this.#lookups.one('cache', instanceId, address);
    return value === 0 ? undefined : this.#publisher.eidOfSlot(value - 1);
  }

  /**
   * Looks up many addresses at once. `keys` holds 1 (IPv4) or 4 (IPv6) words each, most significant first; `out`
   * takes a value for each, from its start on: 0 for no match, else a number that is equal for addresses that meet the
   * same entry. Copies through the engine's scratch area, 256 keys at a time. Throws, before any lookup, when `keys` ends
   * within a key or `out` is shorter than there are keys.
   */
  lookupBatch(
    table: EngineTable,
    instanceId: number,
    family: Family,
    keys: Uint32Array,
    out: Uint32Array,
  ): void {
    this.#lookups.batch(table, instanceId, family, keys, out);
  }

  hits(eid: EidPrefix): number {
    return this.#publisher.hits(eid);
  }

  willHaveEntry(eid: EidPrefix): boolean {
    return this.#publisher.willHaveEntry(eid);
  }

  entry(eid: EidPrefix): EntryView | undefined {
    return this.#publisher.entry(eid);
  }

  entries(after: EidPrefix | undefined, limit: number): EntryView[] {
    return this.#publisher.entriesAfter(after, limit);
  }

  /**
   * Sums since the start; a copy. Over all workers, or of one: 0 is this thread, 1 and up are seats. Throws EngineError
   * `bad-options` when there is no such worker.
   */
  counters(worker?: number): Counters {
    if (worker === undefined) return readCounters(this.#memory);
    const { workers } = this.#memory.capacity;
    if (!(Number.isInteger(worker) && worker >= 0 && worker < workers)) {
      const hint = `there are workers 0 .. ${workers - 1}, not ${worker}`;
      throw new EngineError('bad-options', 'workers', worker + 1, workers, hint);
    }
    return readCounters(this.#memory, [worker]);
  }

  /** How full the memory is. */
  stats(): EngineStats {
    const { live, retired } = this.#memory.fibBytes();
    return { memoryBytes: this.#memory.byteLength, fibLiveBytes: live, fibRetiredBytes: retired };
  }

  /**
   * A place for another thread, which opens it with `EngineWorker.open`: 1 .. workers - 1, this thread is 0. The same
   * place may be given again once its thread has ended. Throws EngineError `bad-options` when the memory is not shared
   * or there is no such place.
   */
  seat(worker: number): WorkerSeat {
    return makeSeat(this.#module, this.#memory, worker);
  }

  /**
   * The thread in this seat has ended, perhaps within a batch: what it kept from being used again is free. Its packets
   * are lost, its counters stay. Never while that thread runs. Throws as `seat`.
   */
  recover(worker: number): void {
    clearSeat(this.#memory, makeSeat(this.#module, this.#memory, worker).worker);
  }

  /**
   * The memory itself: for tests and benches.
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
}

function tableKinds(lpm: NonNullable<EngineOptions['lpm']>): TableKinds {
  const each = typeof lpm === 'string' ? { routes: lpm, cache: lpm, policy: lpm } : lpm;
  const kinds: TableKinds = { routes: 'auto', cache: 'auto', policy: 'auto', ...each };
  for (const kind of Object.values<LpmKind | 'auto'>({ ...kinds })) checkKind('lpm', kind);
  return kinds;
}
