import { formatIp, formatPrefix } from '../base/ip-text.ts';
import { sameIp, type Family, type IpAddress } from '../base/ip.ts';
import { ACTION_FORWARD } from '../engine/codes.ts';
import type { DataPlane, EncapTarget, ForwardingEntry } from '../engine/data-plane.ts';
import { EngineError } from '../engine/errors.ts';
import type { LocatorNonce } from '../engine/marking.ts';
import { ACTION_NATIVELY_FORWARD } from '../mapping/action.ts';
import { eidKey, type Eid, type EidPrefix } from '../mapping/eid.ts';
import type { UnderlayRoute } from './underlay.ts';

/** POLICY_* flags of an EID-Prefix. */
export interface PolicyRow {
  readonly eid: EidPrefix;
  readonly flags: number;
}

export interface PetrRow {
  readonly instanceId: number;
  readonly innerFamily: Family;
  readonly targets: readonly EncapTarget[];
}

/** Everything a data plane is told apart from Map-Cache entries; follows from configuration and routing. */
export interface StaticProgram {
  readonly routes: readonly UnderlayRoute[];
  readonly policies: readonly PolicyRow[];
  readonly petrs: readonly PetrRow[];
  readonly proxyEtr: boolean;
  /** Verdicts tell what LISP headers said. */
  readonly report: boolean;
}

const EMPTY: StaticProgram = { routes: [], policies: [], petrs: [], proxyEtr: false, report: false };

/**
 * What the data plane of one router has been told, kept so that it can be told again: to a fresh data plane after
 * a restore, to a Model that explains, and to the same one when it had no room. `publish` makes changes visible.
 */
export class ForwardingProgram {
  readonly #dataPlane: DataPlane;
  #static: StaticProgram = EMPTY;
  #entries = new Map<string, ForwardingEntry>();
  /** RLOCs that are down for all entries. */
  readonly #down = new Map<string, IpAddress>();
  /** What headers to an RLOC say of nonces. */
  readonly #nonces = new Map<string, readonly [IpAddress, LocatorNonce]>();
  #isDirty = false;
  #version = 0;
  /** The last publish found no room: the data plane has forgotten what it was told for it. */
  #isBehind = false;
  /** What was taken away since the last publish that succeeded. */
  #removals: ((dataPlane: DataPlane) => void)[] = [];

  constructor(dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
  }

  /** Changes with every publish that may have changed something. */
  get version(): number {
    return this.#version;
  }

  /** Map-Cache entries, in no order. */
  entries(): Iterable<ForwardingEntry> {
    return this.#entries.values();
  }

  /** The ways that packets which meet this entry take while they are up: its locators, or those to a PETR instead. */
  targetsOf({ eid, action, targets }: ForwardingEntry): readonly EncapTarget[] {
    if (action === ACTION_FORWARD) return targets;
    if (action !== ACTION_NATIVELY_FORWARD) return [];
    const { family } = eid.prefix.address;
    const petr = this.#static.petrs.find(
      ({ instanceId, innerFamily }) => instanceId === eid.instanceId && innerFamily === family,
    );
    return petr?.targets ?? [];
  }

  /** Whether no packet takes this way. */
  isDown({ destination, down }: EncapTarget): boolean {
    return (down ?? false) || this.#down.has(formatIp(destination));
  }

  /** Whether LISP packets for `eid` go to `rloc`. */
  encapsulates({ instanceId, address }: Eid, rloc: IpAddress): boolean {
    const met = this.#dataPlane.matchEntry(instanceId, address);
    const entry = met && this.#entries.get(eidKey(met));
    const ways = entry === undefined ? [] : this.targetsOf(entry);
    return ways.some((target) => sameIp(target.destination, rloc) && !this.isDown(target));
  }

  setStatic(next: StaticProgram): void {
    const before = this.#static;
    const routes = new Set(next.routes.map((route) => formatPrefix(route.prefix)));
    for (const { prefix } of before.routes) {
      if (!routes.has(formatPrefix(prefix))) this.#remove((plane) => plane.removeRoute(0, prefix));
    }
    const policies = new Set(next.policies.map(({ eid }) => eidKey(eid)));
    for (const { eid } of before.policies) {
      if (!policies.has(eidKey(eid))) this.#remove((plane) => plane.setPolicy(eid, 0));
    }
    for (const { instanceId, innerFamily } of before.petrs) {
      this.#remove((plane) => plane.setPetr(instanceId, innerFamily, []));
    }
    this.#static = next;
    tellStatic(this.#dataPlane, next);
    this.#isDirty = true;
  }

  setEntry(entry: ForwardingEntry): void {
    this.#entries.set(eidKey(entry.eid), entry);
    this.#dataPlane.setEntry(entry);
    this.#isDirty = true;
  }

  /** Of an RLOC, in all entries: those that it is in are not told again. */
  setLocatorState(rloc: IpAddress, state: 'up' | 'down'): void {
    const key = formatIp(rloc);
    if (this.#down.has(key) === (state === 'down')) return;
    if (state === 'up') {
      this.#down.delete(key);
      this.#remove((plane) => plane.setLocatorState(rloc, 'up'));
      return;
    }
    this.#down.set(key, rloc);
    this.#dataPlane.setLocatorState(rloc, 'down');
    this.#isDirty = true;
  }

  /** In headers to an RLOC, of all entries: those that it is in are not told again. */
  setNonce(rloc: IpAddress, nonce: LocatorNonce | undefined): void {
    const key = formatIp(rloc);
    if (nonce === undefined) {
      if (this.#nonces.delete(key)) this.#remove((plane) => plane.setNonce(rloc, undefined));
      return;
    }
    this.#nonces.set(key, [rloc, nonce]);
    this.#dataPlane.setNonce(rloc, nonce);
    this.#isDirty = true;
  }

  removeEntry(eid: EidPrefix): void {
    if (this.#entries.delete(eidKey(eid))) this.#remove((plane) => plane.removeEntry(eid));
  }

  removeAllEntries(): void {
    for (const { eid } of [...this.#entries.values()]) this.removeEntry(eid);
  }

  /**
   * Makes changes visible. When the data plane has no room its tables stay as they were, and the error comes back;
   * the next change tells it everything again.
   */
  publish(): EngineError | undefined {
    if (!this.#isDirty) return undefined;
    this.#isDirty = false;
    this.#version++;
    if (this.#isBehind) {
      for (const remove of this.#removals) remove(this.#dataPlane);
      this.#tellAll(this.#dataPlane);
    }
    try {
      this.#dataPlane.publish();
      this.#isBehind = false;
      this.#removals = [];
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#isBehind = true;
      return error;
    }
    return undefined;
  }

  /** Tells all of it to another data plane and publishes there. */
  replay(dataPlane: DataPlane): void {
    this.#tellAll(dataPlane);
    dataPlane.publish();
  }

  #remove(remove: (dataPlane: DataPlane) => void): void {
    this.#removals.push(remove);
    remove(this.#dataPlane);
    this.#isDirty = true;
  }

  #tellAll(dataPlane: DataPlane): void {
    tellStatic(dataPlane, this.#static);
    for (const entry of this.#entries.values()) dataPlane.setEntry(entry);
    for (const rloc of this.#down.values()) dataPlane.setLocatorState(rloc, 'down');
    for (const [rloc, nonce] of this.#nonces.values()) dataPlane.setNonce(rloc, nonce);
  }
}

function tellStatic(
  dataPlane: DataPlane,
  { routes, policies, petrs, proxyEtr, report }: StaticProgram,
): void {
  for (const { prefix, nextHop } of routes) dataPlane.setRoute(0, prefix, nextHop);
  for (const { eid, flags } of policies) dataPlane.setPolicy(eid, flags);
  for (const { instanceId, innerFamily, targets } of petrs) {
    dataPlane.setPetr(instanceId, innerFamily, targets);
  }
  dataPlane.setProxyEtr(proxyEtr);
  dataPlane.setReception({ report });
}
