import { formatIp } from '../base/ip-text.ts';
import { samePrefix, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { compareEidPrefix, eidKey, type EidPrefix } from '../mapping/eid.ts';
import {
  ACTION_FORWARD,
  MAX_PACKET_BYTES,
  REASON_COUNT,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
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
import type {
  Counters,
  DataPlane,
  EncapTarget,
  EntryView,
  ForwardingEntry,
  InjectOptions,
  NextHop,
  PacketCount,
  Verdict,
} from './data-plane.ts';
import { entryView } from './entry-view.ts';
import { forward, type Arrival, type Outcome } from './model-forward.ts';
import {
  everything,
  ModelVrf,
  targetSet,
  type ModelEntry,
  type ModelTables,
  type TargetSet,
} from './model-tables.ts';
import type { LocatorNonce, ReceptionRules } from './marking.ts';
import { presets } from './memory.ts';
import type { Explanation, Phase } from './phases.ts';

/** Limits that make a Model behave as an Engine of some size. */
export interface ModelOptions {
  /** Packets that may wait between `inject` and the end of `collect`; default as for a lab's engine. */
  readonly batchCount?: number;
  /** Longest packet taken, in bytes; default MAX_PACKET_BYTES, as for an engine. */
  readonly packetBytes?: number;
  /** Only told, never enforced: a Model has room for all. Default that of a lab's engine, so that labs run alike. */
  readonly entryCapacity?: number;
}

const NOBODY_LISTENS = (): void => undefined;

interface Queued {
  readonly bytes: Uint8Array;
  readonly options: InjectOptions;
}

/**
 * The data plane in plain TypeScript: the oracle that Engine is held to, the copy to learn from, and the recorder
 * behind `explain`. Tables are searched row by row; see model-forward.ts for the forwarding order.
 */
export class Model implements DataPlane {
  readonly entryCapacity: number;
  readonly #batchCount: number;
  readonly #packetBytes: number;
  readonly #vrfs = new Map<number, ModelVrf>();
  /** Locators that are down, as of the next publish. */
  readonly #down = new Set<string>();
  readonly #isDown = ({ destination, down }: EncapTarget): boolean =>
    (down ?? false) || this.#down.has(formatIp(destination));
  /** By locator. */
  readonly #nonces = new Map<string, LocatorNonce>();
  #publishedNonces: ReadonlyMap<string, LocatorNonce> = new Map();
  #isProxyEtr = false;
  #publishedProxyEtr = false;
  #reception: ReceptionRules = {};
  #publishedReception: ReceptionRules = {};
  /** By eidKey; only entries that have been met. */
  readonly #hits = new Map<string, number>();
  #counters = noCounters();
  #queued: Queued[] = [];
  #done: { readonly verdict: Verdict; readonly bytes: Uint8Array }[] = [];
  readonly #tables: ModelTables;

  constructor(options: ModelOptions = {}) {
    this.entryCapacity = options.entryCapacity ?? presets.lab.entries;
    this.#batchCount = options.batchCount ?? presets.lab.buffers;
    this.#packetBytes = options.packetBytes ?? MAX_PACKET_BYTES;
    const isProxyEtr = (): boolean => this.#publishedProxyEtr;
    const reception = (): ReceptionRules => this.#publishedReception;
    const nonces = (): ReadonlyMap<string, LocatorNonce> => this.#publishedNonces;
    this.#tables = {
      vrf: (instanceId) => this.#published(instanceId),
      get isProxyEtr() {
        return isProxyEtr();
      },
      nonceToward: (locator) => nonces().get(formatIp(locator)),
      get reception() {
        return reception();
      },
    };
    // Instance 0 always exists.
    this.#draft(0).exists = true;
  }

  setRoute(instanceId: number, prefix: IpPrefix, nextHop: NextHop): void {
    checkRoute(instanceId, prefix, nextHop);
    this.#draft(instanceId).routes.set(prefix, nextHop);
  }

  /** Takes the route for exactly this prefix away, if there is one. */
  removeRoute(instanceId: number, prefix: IpPrefix): void {
    checkPlace(instanceId, prefix);
    this.#vrfs.get(instanceId)?.routes.remove(prefix);
  }

  setEntry(entry: ForwardingEntry): void {
    checkEntry(entry);
    const { eid, action, targets } = entry;
    this.#draft(eid.instanceId).entries.set(eid.prefix, { action, set: targetSet(targets, this.#isDown) });
  }

  /** Takes the entry for exactly this EID-Prefix away, with its hit count. */
  removeEntry(eid: EidPrefix): void {
    checkEid(eid);
    const { instanceId, prefix } = eid;
    this.#vrfs.get(instanceId)?.entries.remove(prefix);
  }

  setPolicy(eid: EidPrefix, flags: number): void {
    checkPolicy(eid, flags);
    const { instanceId, prefix } = eid;
    if (flags === 0) this.#vrfs.get(instanceId)?.policies.remove(prefix);
    else this.#draft(instanceId).policies.set(prefix, flags);
  }

  setPetr(instanceId: number, innerFamily: Family, targets: readonly EncapTarget[]): void {
    checkPetr(instanceId, innerFamily, targets);
    if (targets.length === 0) this.#vrfs.get(instanceId)?.petrs.remove(everything(innerFamily));
    else this.#draft(instanceId).petrs.set(everything(innerFamily), targetSet(targets, this.#isDown));
  }

  setLocatorState(locator: IpAddress, state: 'up' | 'down'): void {
    checkLocatorState(locator, state);
    if (state === 'down') this.#down.add(formatIp(locator));
    else this.#down.delete(formatIp(locator));
    const revised = ({ targets }: TargetSet): TargetSet => targetSet(targets, this.#isDown);
    for (const { entries, petrs } of this.#vrfs.values()) {
      entries.revise(({ action, set }) => ({ action, set: revised(set) }));
      petrs.revise(revised);
    }
  }

  setNonce(locator: IpAddress, nonce: LocatorNonce | undefined): void {
    checkNonce(locator, nonce);
    if (nonce === undefined) this.#nonces.delete(formatIp(locator));
    else this.#nonces.set(formatIp(locator), { ...nonce });
  }

  setProxyEtr(enabled: boolean): void {
    this.#isProxyEtr = enabled;
  }

  setReception(rules: ReceptionRules): void {
    this.#reception = { ...rules };
  }

  publish(): void {
    this.#publishedProxyEtr = this.#isProxyEtr;
    this.#publishedReception = this.#reception;
    this.#publishedNonces = new Map(this.#nonces);
    const kept = new Set<string>();
    for (const [instanceId, vrf] of this.#vrfs) {
      vrf.publish();
      for (const { prefix } of vrf.entries.rows()) kept.add(eidKey({ instanceId, prefix }));
    }
    for (const key of this.#hits.keys()) if (!kept.has(key)) this.#hits.delete(key);
  }

  inject(packet: Uint8Array, options: InjectOptions): boolean {
    const isFull = this.#queued.length + this.#done.length >= this.#batchCount;
    if (isFull || packet.length > this.#packetBytes) return false;
    // Not slice(): a Buffer's does not copy.
    this.#queued.push({ bytes: new Uint8Array(packet), options });
    return true;
  }

  process(): void {
    for (const { bytes, options } of this.#queued) {
      const outcome = forward(this.#tables, bytes, arrivalOf(options), NOBODY_LISTENS);
      this.#count(bytes.length, outcome);
      this.#done.push({ verdict: verdictOf(outcome, options), bytes: outcome.bytes });
    }
    this.#queued = [];
  }

  collect(visit: (verdict: Verdict, bytes: Uint8Array) => void): void {
    const done = this.#done;
    this.#done = [];
    for (const { verdict, bytes } of done) visit(verdict, bytes);
  }

  matchEntry(instanceId: number, address: IpAddress): EidPrefix | undefined {
    const match = this.#published(instanceId)?.entries.longest(address);
    return match === undefined ? undefined : { instanceId, prefix: match.prefix };
  }

  hits(eid: EidPrefix): number {
    return this.#hits.get(eidKey(eid)) ?? 0;
  }

  willHaveEntry({ instanceId, prefix }: EidPrefix): boolean {
    return this.#vrfs.get(instanceId)?.entries.willHave(prefix) ?? false;
  }

  entry(eid: EidPrefix): EntryView | undefined {
    const rows = this.#published(eid.instanceId)?.entries.rows() ?? [];
    const row = rows.find(({ prefix }) => samePrefix(prefix, eid.prefix));
    return row && this.#view(eid, row.value);
  }

  entries(after: EidPrefix | undefined, limit: number): EntryView[] {
    return [...this.#vrfs]
      .flatMap(([instanceId, { entries }]) =>
        entries.rows().map(({ prefix, value }) => this.#view({ instanceId, prefix }, value)),
      )
      .filter(({ eid }) => after === undefined || compareEidPrefix(eid, after) > 0)
      .sort((a, b) => compareEidPrefix(a.eid, b.eid))
      .slice(0, limit);
  }

  /** Sums since the start; a copy. */
  counters(): Counters {
    return structuredClone(this.#counters);
  }

  /** What would become of the packet and why, by the published tables. Counts nothing and keeps nothing. */
  explain(packet: Uint8Array, options: InjectOptions): Explanation {
    const phases: Phase[] = [];
    const outcome = forward(this.#tables, packet, arrivalOf(options), (phase) => phases.push(phase()));
    const { verdict, reason, outInterface } = outcome;
    return { phases, verdict, reason, outInterface, bytes: new Uint8Array(outcome.bytes) };
  }

  #view(eid: EidPrefix, { action, set }: ModelEntry): EntryView {
    const isForward = action === ACTION_FORWARD;
    const [targets, row] = isForward ? [set.targets, set.row] : [[], []];
    return entryView(eid, action, targets, row, this.hits(eid));
  }

  #draft(instanceId: number): ModelVrf {
    let vrf = this.#vrfs.get(instanceId);
    if (vrf === undefined) this.#vrfs.set(instanceId, (vrf = new ModelVrf()));
    return vrf;
  }

  #published(instanceId: number): ModelVrf | undefined {
    const vrf = this.#vrfs.get(instanceId);
    return vrf?.exists === true ? vrf : undefined;
  }

  #count(receivedBytes: number, outcome: Outcome): void {
    const counters = this.#counters;
    add(counters.received, receivedBytes);
    for (const bytes of outcome.stripped) add(counters.decapsulated, bytes);
    if (outcome.met !== undefined) this.#hits.set(eidKey(outcome.met), this.hits(outcome.met) + 1);
    if (outcome.verdict === VERDICT_NATIVE) add(counters.native, outcome.bytes.length);
    if (outcome.verdict === VERDICT_ENCAP) add(counters.encapsulated, outcome.bytes.length);
    if (outcome.verdict === VERDICT_PUNT) counters.punted++;
    if (outcome.verdict === VERDICT_DROP) counters.dropped++;
    if (outcome.verdict === VERDICT_PUNT || outcome.verdict === VERDICT_DROP) {
      counters.byReason[outcome.reason]!++;
    }
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function noCounters() {
  const none = (): Writable<PacketCount> => ({ packets: 0, bytes: 0 });
  return {
    received: none(),
    native: none(),
    encapsulated: none(),
    decapsulated: none(),
    punted: 0,
    dropped: 0,
    byReason: new Array<number>(REASON_COUNT).fill(0),
  };
}

function add(count: Writable<PacketCount>, bytes: number): void {
  count.packets++;
  count.bytes += bytes;
}

function arrivalOf(options: InjectOptions): Arrival {
  const { instanceId = 0, originated = false, underlay = false, decapsulated = false } = options;
  return { instanceId, originated, underlay, decapsulated };
}

function verdictOf(outcome: Outcome, options: InjectOptions): Verdict {
  const { verdict, reason, outInterface, gateway, instanceId, decapsulated, flowHash, mtu, tunnel } = outcome;
  return {
    verdict,
    reason,
    inInterface: options.interfaceIndex,
    outInterface,
    instanceId,
    originated: options.originated ?? false,
    decapsulated,
    flowHash,
    mtu,
    cookie: (options.cookie ?? 0) >>> 0,
    ...(gateway === undefined ? {} : { gateway }),
    ...(tunnel === undefined ? {} : { tunnel }),
  };
}
