import { formatPrefix } from '../base/ip-text.ts';
import type { Family, IpPrefix } from '../base/ip.ts';
import {
  ACTION_FORWARD,
  SNAPSHOT_PROXY_ETR,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
} from '../../assembly/layout.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import { PrefixTable } from '../mapping/prefix-table.ts';
import type { EncapTarget, ForwardingEntry, NextHop } from './data-plane.ts';
import { Fib, type FibChange } from './fib.ts';
import { ForwardingTable, type EntryRecord, type RouteRecord } from './forwarding-table.ts';
import type { LpmKind } from './lpm.ts';
import type { ReceptionRules } from './marking.ts';
import type { EngineMemory } from './memory.ts';
import { readHits } from './records.ts';
import { receptionFlags, SnapshotWriter, type VrfImage } from './snapshot.ts';
import type { EngineExports } from './wasm.ts';

type Change =
  | {
      readonly kind: 'route';
      readonly instanceId: number;
      readonly prefix: IpPrefix;
      readonly nextHop?: NextHop;
    }
  | { readonly kind: 'entry'; readonly eid: EidPrefix; readonly entry?: ForwardingEntry }
  | { readonly kind: 'policy'; readonly eid: EidPrefix; readonly flags: number }
  | {
      readonly kind: 'petr';
      readonly instanceId: number;
      readonly family: Family;
      readonly targets: readonly EncapTarget[];
    };

interface InstalledEntry {
  readonly eid: EidPrefix;
  readonly record: EntryRecord;
  /** Counted by the slots that this entry had before. */
  readonly earlierHits: number;
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
  readonly fibs: readonly Readonly<Record<Family, Fib>>[];
  readonly routes: Map<string, RouteRecord>;
  /** Own flags of each prefix; packets see the union over covering prefixes. */
  readonly policies: PrefixTable<number>;
  readonly petr: Map<Family, EntryRecord>;
}

/**
 * The writer: gathers changes, and makes them visible together. Everything is prepared where no reader looks; then
 * one store swings the snapshot, and what it replaced is retired until the readers of the moment are done (see
 * docs/memory.md). A publish that finds no room changes nothing, and forgets the changes it was asked for.
 */
export class Publisher {
  readonly #memory: EngineMemory;
  readonly #exports: EngineExports;
  readonly #lpm: TableKinds;
  readonly #table: ForwardingTable;
  readonly #snapshots: SnapshotWriter;
  readonly #vrfs = new Map<number, Vrf>();
  readonly #entries = new Map<string, InstalledEntry>();
  readonly #bySlot = new Map<number, EidPrefix>();
  /** SNAPSHOT_* flags: published, and wanted. */
  #flags = 0;
  #wantedFlags = 0;
  /** The last change of each key wins. */
  #changes = new Map<string, Change>();
  #undo: (() => void)[] = [];

  constructor(memory: EngineMemory, exports: EngineExports, lpm: TableKinds) {
    const isQuiesced = (epoch: number): boolean => exports.quiesced(epoch) === 1;
    this.#memory = memory;
    this.#exports = exports;
    this.#lpm = lpm;
    this.#table = new ForwardingTable(memory, isQuiesced);
    this.#snapshots = new SnapshotWriter(memory, exports);
    this.#vrf(0);
    this.#snapshots.publish(this.#images(), 0);
    this.#undo = [];
  }

  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop | undefined): void {
    const change = { kind: 'route', instanceId, prefix } as const;
    this.#changes.set(
      `route ${instanceId} ${formatPrefix(prefix)}`,
      nextHop === undefined ? change : { ...change, nextHop },
    );
  }

  setEntry(eid: EidPrefix, entry: ForwardingEntry | undefined): void {
    const change = { kind: 'entry', eid } as const;
    this.#changes.set(`entry ${eidKey(eid)}`, entry === undefined ? change : { ...change, entry });
  }

  setPolicy(eid: EidPrefix, flags: number): void {
    this.#changes.set(`policy ${eidKey(eid)}`, { kind: 'policy', eid, flags });
  }

  setPetr(instanceId: number, family: Family, targets: readonly EncapTarget[]): void {
    this.#changes.set(`petr ${instanceId} ${family}`, { kind: 'petr', instanceId, family, targets });
  }

  setProxyEtr(enabled: boolean): void {
    this.#wantedFlags = (this.#wantedFlags & ~SNAPSHOT_PROXY_ETR) | (enabled ? SNAPSHOT_PROXY_ETR : 0);
  }

  setReception(rules: ReceptionRules): void {
    this.#wantedFlags = (this.#wantedFlags & SNAPSHOT_PROXY_ETR) | receptionFlags(rules);
  }

  /** Throws EngineError; then nothing has changed. */
  publish(): void {
    const changes = [...this.#changes.values()];
    this.#changes = new Map();
    if (changes.length === 0 && this.#wantedFlags === this.#flags) return;
    this.#exports.fibBegin();
    try {
      this.#apply(changes);
      const epoch = this.#snapshots.publish(this.#images(), this.#wantedFlags);
      this.#flags = this.#wantedFlags;
      this.#table.commit(epoch);
      for (const fib of this.#fibs()) fib.commit();
      this.#undo = [];
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** The EID-Prefix of an entry slot that a lookup found. */
  eidOfSlot(slot: number): EidPrefix | undefined {
    return this.#bySlot.get(slot);
  }

  hits(eid: EidPrefix): number {
    const entry = this.#entries.get(eidKey(eid));
    return entry === undefined ? 0 : entry.earlierHits + readHits(this.#memory, entry.record.slot);
  }

  #apply(changes: readonly Change[]): void {
    const work = new Map<Fib, Map<string, FibChange>>();
    const put = (fib: Fib, change: FibChange): void => {
      const list = work.get(fib) ?? new Map<string, FibChange>();
      work.set(fib, list.set(formatPrefix(change.prefix), change));
    };
    for (const change of changes) {
      if (change.kind === 'route') this.#applyRoute(change, put);
      else if (change.kind === 'entry') this.#applyEntry(change, put);
      else if (change.kind === 'petr') this.#applyPetr(change);
    }
    this.#applyPolicies(changes, put);
    for (const [fib, list] of work) fib.apply([...list.values()]);
  }

  #applyRoute(
    { instanceId, prefix, nextHop }: Change & { kind: 'route' },
    put: (fib: Fib, change: FibChange) => void,
  ): void {
    if (nextHop === undefined && !this.#vrfs.has(instanceId)) return;
    const { routes, fibs } = this.#vrf(instanceId);
    const key = formatPrefix(prefix);
    const before = routes.get(key);
    if (before === undefined && nextHop === undefined) return;
    // The new one first: a next hop that stays is then not retired and written again.
    const record = nextHop === undefined ? undefined : this.#table.addRoute(nextHop, prefix.bits === 0);
    if (before !== undefined) this.#table.removeRoute(before);
    this.#replace(routes, key, record);
    const value = record === undefined ? 0 : record.slot + 1;
    put(fibs[TABLE_ROUTES]![prefix.address.family], { prefix, value });
  }

  #applyEntry({ eid, entry }: Change & { kind: 'entry' }, put: (fib: Fib, change: FibChange) => void): void {
    const key = eidKey(eid);
    const before = this.#entries.get(key);
    if (before === undefined && entry === undefined) return;
    const { fibs } = this.#vrf(eid.instanceId);
    const earlierHits = this.hits(eid);
    const record =
      entry === undefined ? undefined : this.#table.addEntry(entry.action, eid.instanceId, entry.targets);
    if (before !== undefined) {
      this.#table.removeEntry(before.record);
      this.#replace(this.#bySlot, before.record.slot, undefined);
    }
    this.#replace(this.#entries, key, record && { eid, record, earlierHits });
    if (record !== undefined) this.#replace(this.#bySlot, record.slot, eid);
    const value = record === undefined ? 0 : record.slot + 1;
    put(fibs[TABLE_CACHE]![eid.prefix.address.family], { prefix: eid.prefix, value });
  }

  #applyPetr({ instanceId, family, targets }: Change & { kind: 'petr' }): void {
    if (targets.length === 0 && !this.#vrfs.has(instanceId)) return;
    const { petr } = this.#vrf(instanceId);
    const before = petr.get(family);
    const record =
      targets.length === 0 ? undefined : this.#table.addEntry(ACTION_FORWARD, instanceId, targets);
    if (before !== undefined) this.#table.removeEntry(before);
    this.#replace(petr, family, record);
  }

  /** A changed prefix changes what packets see in every prefix that it covers. */
  #applyPolicies(changes: readonly Change[], put: (fib: Fib, change: FibChange) => void): void {
    // Taking a policy away does not bring an instance into being.
    const changed = changes
      .filter((change) => change.kind === 'policy')
      .filter(({ eid, flags }) => flags !== 0 || this.#vrfs.has(eid.instanceId));
    for (const { eid, flags } of changed) {
      const { policies } = this.#vrf(eid.instanceId);
      const before = policies.get(eid.prefix);
      if (flags === 0) policies.delete(eid.prefix);
      else policies.set(eid.prefix, flags);
      this.#undo.push(() => {
        if (before === undefined) policies.delete(eid.prefix);
        else policies.set(eid.prefix, before);
      });
    }
    for (const { eid } of changed) {
      const { policies, fibs } = this.#vrf(eid.instanceId);
      const fib = fibs[TABLE_POLICY]![eid.prefix.address.family];
      put(fib, { prefix: eid.prefix, value: 0 });
      for (const { prefix } of policies.covered(eid.prefix)) {
        const value = policies.covering(prefix).reduce((union, { value: own }) => union | own, 0);
        put(fib, { prefix, value });
      }
    }
  }

  #replace<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
    const before = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    this.#undo.push(() => {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    });
  }

  #rollback(): void {
    for (const fib of this.#fibs()) fib.rollback();
    this.#exports.fibRollback();
    this.#table.rollback();
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    this.#wantedFlags = this.#flags;
  }

  *#fibs(): Iterable<Fib> {
    for (const { fibs } of this.#vrfs.values()) for (const pair of fibs) yield* [pair[4], pair[6]];
  }

  #vrf(instanceId: number): Vrf {
    let vrf = this.#vrfs.get(instanceId);
    if (vrf === undefined) {
      const fibs = (kind: LpmKind | 'auto'): Record<Family, Fib> => ({
        4: new Fib(this.#memory, this.#exports, kind, 4),
        6: new Fib(this.#memory, this.#exports, kind, 6),
      });
      const { routes, cache, policy } = this.#lpm;
      vrf = {
        instanceId,
        // In the order of TABLE_*.
        fibs: [fibs(routes), fibs(cache), fibs(policy)],
        routes: new Map(),
        policies: new PrefixTable(),
        petr: new Map(),
      };
      this.#vrfs.set(instanceId, vrf);
      this.#undo.push(() => this.#vrfs.delete(instanceId));
    }
    return vrf;
  }

  #images(): VrfImage[] {
    return [...this.#vrfs.values()].map(({ instanceId, fibs, petr }) => ({
      instanceId,
      fibs,
      petr: { 4: petrValue(petr.get(4)), 6: petrValue(petr.get(6)) },
    }));
  }
}

/** Entry index + 1; 0 = none. */
function petrValue(record: EntryRecord | undefined): number {
  return record === undefined ? 0 : record.slot + 1;
}
