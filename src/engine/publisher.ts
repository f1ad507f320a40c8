import { formatIp, formatPrefix } from '../base/ip-text.ts';
import type { Family, IpAddress, IpPrefix } from '../base/ip.ts';
import {
  ACTION_FORWARD,
  SNAPSHOT_PROXY_ETR,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
} from '../../assembly/layout.ts';
import { EidIndex } from '../mapping/eid-index.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import { PrefixTable } from '../mapping/prefix-table.ts';
import type { EncapTarget, EntryView, ForwardingEntry, NextHop } from './data-plane.ts';
import { entryView } from './entry-view.ts';
import { fibPair, type Fib, type FibChange, type FibPair } from './fib.ts';
import { ForwardingTable } from './forwarding-table.ts';
import type { LpmKind, Traffic } from './lpm.ts';
import type { LocatorNonce, ReceptionRules } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import { readEntryAction, readHits } from './records.ts';
import { receptionFlags, SnapshotWriter, type VrfImage } from './snapshot.ts';
import type { EngineExports } from './wasm.ts';

/** What is to be done at the next publish; changes of policies are gathered first. */
type Change = (put: Put, policies: PolicyChange[]) => void;

interface PolicyChange {
  readonly eid: EidPrefix;
  readonly flags: number;
}

/** The lookup algorithm of each table of an instance. */
export interface TableKinds {
  readonly routes: LpmKind | 'auto';
  readonly cache: LpmKind | 'auto';
  readonly policy: LpmKind | 'auto';
}

/** Tables of one instance, both families. */
interface Vrf {
  readonly instanceId: number;
  /** TABLE_* -> family -> table. */
  readonly fibs: readonly FibPair[];
  /** Slots of next hops, by prefix. */
  readonly routes: Map<string, number>;
  /** Own flags of each prefix; packets see the union over covering prefixes. */
  readonly policies: PrefixTable<number>;
  /** Slots of entries. */
  readonly petr: Map<Family, number>;
}

/** A Map, or a PrefixTable. */
interface Lookup<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
  delete(key: K): unknown;
}

/** Adds a change of a lookup structure to the coming ones. */
type Put = (fib: Fib, prefix: IpPrefix, value: number) => void;

/** Above this many entries all the memory for them is taken at once: growing it by and by would take pauses. */
const MANY_ENTRIES = 16_384;

/**
 * The writer: gathers changes, and makes them visible together. Everything is prepared where no reader looks; then
 * one store swings the snapshot, and what it replaced is retired until the readers of the moment are done (see
 * docs/memory.md). A publish that finds no room changes nothing, and forgets the changes it was asked for.
 */
export class Publisher {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #lpm: TableKinds;
  readonly #traffic: Traffic;
  readonly #table: ForwardingTable;
  readonly #snapshots: SnapshotWriter;
  readonly #vrfs = new Map<number, Vrf>();
  /** Entries by slot, those of PETRs apart: their EID-Prefixes, and what the slots before have counted. */
  readonly #entries: EidIndex;
  readonly #earlierHits: Float64Array;
  /** SNAPSHOT_* flags: published, and wanted. */
  #flags = 0;
  #wantedFlags = 0;
  /** The last change of each key wins. */
  #changes = new Map<string, Change>();
  /** Entries to come, and undefined where one is to go; by number in the index. */
  readonly #wantedEntries = new EidIndex();
  #wanted: (ForwardingEntry | undefined)[] = [];
  /** Slots + 1 of entries that were replaced since the last publish, each with its successor; 0 = none. */
  #replaced: number[] = [];
  #undo: (() => void)[] = [];

  constructor(memory: EngineMemory, exports: EngineExports, lpm: TableKinds, traffic: Traffic) {
    const isQuiesced = (epoch: number): boolean => exports.quiesced(epoch) === 1;
    this.#memory = memory;
    this.#exports = exports;
    this.#lpm = lpm;
    this.#traffic = traffic;
    this.#table = new ForwardingTable(memory, isQuiesced);
    const { entries } = memory.capacity;
    this.#entries = new EidIndex(entries > MANY_ENTRIES ? entries : undefined);
    this.#earlierHits = new Float64Array(entries);
    this.#snapshots = new SnapshotWriter(memory, exports);
    this.#vrf(0);
    this.#snapshots.publish(this.#images(), 0);
    this.#undo = [];
  }

  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop | undefined): void {
    this.#changes.set(`route ${instanceId} ${formatPrefix(prefix)}`, (put) => {
      this.#applyRoute(instanceId, prefix, nextHop, put);
    });
  }

  setEntry(eid: EidPrefix, entry: ForwardingEntry | undefined): void {
    const known = this.#wantedEntries.find(eid);
    if (known < 0) this.#wantedEntries.add(this.#wanted.push(entry) - 1, eid);
    else this.#wanted[known] = entry;
  }

  setPolicy(eid: EidPrefix, flags: number): void {
    this.#changes.set(`policy ${eidKey(eid)}`, (_, policies) => policies.push({ eid, flags }));
  }

  setPetr(instanceId: number, family: Family, targets: readonly EncapTarget[]): void {
    this.#changes.set(`petr ${instanceId} ${family}`, () => {
      this.#applyPetr(instanceId, family, targets);
    });
  }

  setDown(locator: IpAddress, isDown: boolean): void {
    this.#changes.set(`locator ${formatIp(locator)}`, () => {
      this.#table.sets.setDown(locator, isDown);
    });
  }

  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
    this.#changes.set(`nonce ${formatIp(locator)}`, () => {
      this.#table.sets.setNonce(locator, nonce);
    });
  }

  setProxyEtr(enabled: boolean): void {
    this.#wantedFlags = (this.#wantedFlags & ~SNAPSHOT_PROXY_ETR) | (enabled ? SNAPSHOT_PROXY_ETR : 0);
  }

  setReception(rules: ReceptionRules): void {
    this.#wantedFlags = (this.#wantedFlags & SNAPSHOT_PROXY_ETR) | receptionFlags(rules);
  }

  /** Throws EngineError; then nothing has changed. */
  publish(): void {
    const changes = this.#changes;
    this.#changes = new Map();
    if (changes.size + this.#wanted.length === 0 && this.#wantedFlags === this.#flags) return;
    try {
      while (!this.#isPublished(changes.values()));
    } finally {
      this.#wantedFlags = this.#flags;
      this.#wantedEntries.clear();
      this.#wanted = [];
    }
  }

  /** One try. False: try again, a table has another kind to take. */
  #isPublished(changes: Iterable<Change>): boolean {
    this.#exports.fibBegin();
    try {
      this.#apply(changes);
      const epoch = this.#snapshots.publish(this.#images(), this.#wantedFlags);
      this.#flags = this.#wantedFlags;
      this.#table.commit(epoch);
      for (const fib of this.#fibs()) fib.commit();
      this.#undo = [];
      this.#replaced = [];
      return true;
    } catch (error) {
      const vrfs = [...this.#vrfs];
      this.#rollback();
      const isAgain = vrfs.some(([, { fibs }]) =>
        fibs.some((pair) => pair[4].tryAnother() || pair[6].tryAnother()),
      );
      if (!isAgain) {
        for (const fib of this.#fibs()) fib.giveUp();
        throw error;
      }
      // The tables of new instances know what they have tried.
      for (const [id, vrf] of vrfs) if (!this.#vrfs.has(id)) this.#replace(this.#vrfs, id, vrf);
      return false;
    }
  }

  /** The EID-Prefix of an entry slot that a lookup found. */
  eidOfSlot(slot: number): EidPrefix {
    return this.#entries.eidOf(slot);
  }

  hits(eid: EidPrefix): number {
    const slot = this.#entries.find(eid);
    return slot < 0 ? 0 : this.#hitsOf(slot);
  }

  willHaveEntry(eid: EidPrefix): boolean {
    const known = this.#wantedEntries.find(eid);
    return known < 0 ? this.#entries.find(eid) >= 0 : this.#wanted[known] !== undefined;
  }

  entry(eid: EidPrefix): EntryView | undefined {
    const slot = this.#entries.find(eid);
    return slot < 0 ? undefined : this.#view(slot, eid);
  }

  /** In EID order. */
  entriesAfter(after: EidPrefix | undefined, limit: number): EntryView[] {
    const views: EntryView[] = [];
    const ids = [...this.#vrfs.keys()].filter((id) => id >= (after?.instanceId ?? 0)).sort((a, b) => a - b);
    for (const instanceId of ids) {
      const caches = this.#vrf(instanceId).fibs[TABLE_CACHE]!;
      for (const family of [4, 6] as const) {
        const from = after?.instanceId === instanceId ? after.prefix : undefined;
        if (from !== undefined && family < from.address.family) continue;
        const start = from?.address.family === family ? from : undefined;
        for (const slot of caches[family].slotsAfter(start, limit - views.length)) {
          views.push(this.#view(slot, this.#entries.eidOf(slot)));
        }
      }
    }
    return views;
  }

  #view(slot: number, eid: EidPrefix): EntryView {
    const { targets, row } = this.#table.setOf(slot);
    return entryView(eid, readEntryAction(this.#memory, slot), targets, row, this.#hitsOf(slot));
  }

  #hitsOf(slot: number): number {
    return this.#earlierHits[slot]! + readHits(this.#memory, slot);
  }

  #apply(changes: Iterable<Change>): void {
    const policies: PolicyChange[] = [];
    const work = new Map<Fib, FibChange[]>();
    const put: Put = (fib, prefix, value) => {
      const list = work.get(fib);
      if (list === undefined) work.set(fib, [{ prefix, value }]);
      else list.push({ prefix, value });
    };
    for (const change of changes) change(put, policies);
    for (const [i, entry] of this.#wanted.entries()) {
      this.#applyEntry(this.#wantedEntries.eidOf(i), entry, put);
    }
    this.#applyPolicies(policies, put);
    for (const [fib, list] of work) fib.apply(list);
  }

  #applyRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop | undefined, put: Put): void {
    if (nextHop === undefined && !this.#vrfs.has(instanceId)) return;
    const { routes, fibs } = this.#vrf(instanceId);
    const key = formatPrefix(prefix);
    const before = routes.get(key);
    if (before === undefined && nextHop === undefined) return;
    // The new one first: a next hop that stays is then not retired and written again.
    const slot = nextHop && this.#table.addRoute(nextHop, prefix.bits === 0);
    if (before !== undefined) this.#table.nextHops.release(before);
    this.#replace(routes, key, slot);
    put(fibs[TABLE_ROUTES]![prefix.address.family], prefix, valueOf(slot));
  }

  #applyEntry(eid: EidPrefix, entry: ForwardingEntry | undefined, put: Put): void {
    const { instanceId, prefix } = eid;
    const before = this.#entries.find(eid);
    if (before < 0 && entry === undefined) return;
    const cache = this.#vrf(instanceId).fibs[TABLE_CACHE]![prefix.address.family];
    const slot = entry === undefined ? -1 : this.#table.addEntry(entry.action, instanceId, entry.targets);
    this.#replaced.push(before + 1, slot + 1);
    if (slot >= 0) this.#earlierHits[slot] = before < 0 ? 0 : this.#hitsOf(before);
    if (before >= 0) {
      this.#table.removeEntry(before);
      this.#entries.remove(before);
    }
    if (slot >= 0) this.#entries.add(slot, eid);
    put(cache, prefix, slot + 1);
  }

  #applyPetr(instanceId: number, family: Family, targets: readonly EncapTarget[]): void {
    if (targets.length === 0 && !this.#vrfs.has(instanceId)) return;
    const { petr } = this.#vrf(instanceId);
    const before = petr.get(family);
    const slot = targets.length === 0 ? undefined : this.#table.addEntry(ACTION_FORWARD, instanceId, targets);
    if (before !== undefined) this.#table.removeEntry(before);
    this.#replace(petr, family, slot);
  }

  /** A changed prefix changes what packets see in every prefix that it covers. */
  #applyPolicies(changes: readonly PolicyChange[], put: Put): void {
    // Taking a policy away does not bring an instance into being.
    const changed = changes.filter(({ eid, flags }) => flags !== 0 || this.#vrfs.has(eid.instanceId));
    for (const { eid, flags } of changed) {
      const { policies } = this.#vrf(eid.instanceId);
      this.#replace(policies, eid.prefix, flags || undefined);
    }
    for (const { eid } of changed) {
      const { policies, fibs } = this.#vrf(eid.instanceId);
      const fib = fibs[TABLE_POLICY]![eid.prefix.address.family];
      put(fib, eid.prefix, 0);
      for (const { prefix } of policies.covered(eid.prefix)) {
        const value = policies.covering(prefix).reduce((union, { value: own }) => union | own, 0);
        put(fib, prefix, value);
      }
    }
  }

  #replace<K, V>(map: Lookup<K, V>, key: K, value: V | undefined): void {
    const before = map.get(key);
    const assign = (to: V | undefined): void => {
      if (to === undefined) map.delete(key);
      else map.set(key, to);
    };
    assign(value);
    this.#undo.push(assign.bind(undefined, before));
  }

  #rollback(): void {
    for (const fib of this.#fibs()) fib.rollback();
    this.#exports.fibRollback();
    this.#table.rollback();
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    for (let i = this.#replaced.length - 2; i >= 0; i -= 2) {
      const [before, slot] = [this.#replaced[i]! - 1, this.#replaced[i + 1]! - 1];
      const eid = this.#entries.eidOf(Math.max(before, slot));
      if (slot >= 0) this.#entries.remove(slot);
      if (before >= 0) this.#entries.add(before, eid);
    }
    this.#replaced = [];
  }

  *#fibs(): Iterable<Fib> {
    for (const { fibs } of this.#vrfs.values()) for (const pair of fibs) yield* [pair[4], pair[6]];
  }

  #vrf(instanceId: number): Vrf {
    let vrf = this.#vrfs.get(instanceId);
    if (vrf === undefined) {
      const { routes, cache, policy } = this.#lpm;
      // In the order of TABLE_*.
      const kinds = [routes, cache, policy];
      vrf = {
        instanceId,
        fibs: kinds.map((kind) => fibPair(this.#memory, this.#exports, kind, this.#traffic)),
        routes: new Map(),
        policies: new PrefixTable(),
        petr: new Map(),
      };
      this.#replace(this.#vrfs, instanceId, vrf);
    }
    return vrf;
  }

  #images(): VrfImage[] {
    return [...this.#vrfs.values()].map(({ instanceId, fibs, petr }) => ({
      instanceId,
      fibs,
      petr: { 4: valueOf(petr.get(4)), 6: valueOf(petr.get(6)) },
    }));
  }
}

/** Of a slot, in lookup structures and snapshots: 0 = none. */
function valueOf(slot: number | undefined): number {
  return slot === undefined ? 0 : slot + 1;
}
