import { formatIp } from '../base/ip-text.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { PRIORITY_NEVER } from '../mapping/locator.ts';
import { bucketRow } from './buckets.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import { markingKey } from './outer-headers.ts';
import { writeBuckets, writeNextHop, writeRewrite } from './records.ts';
import { RunPool, SharedRecords, type Run } from './slots.ts';

/** Ways to encapsulate that entries of one instance share, with what they occupy. */
export interface LocatorSet {
  readonly id: number;
  readonly hash: number;
  readonly instanceId: number;
  readonly targets: readonly EncapTarget[];
  /** Undefined when no target may ever be used. */
  readonly run: Run | undefined;
  /** By target: its rewrite; undefined for one that may never be used. */
  readonly rewrites: readonly (number | undefined)[];
  readonly rewriteKeys: readonly string[];
  readonly nextHopKeys: readonly string[];
  /** Index of a target for each slot of the run; empty when all are down. */
  row: readonly number[];
  users: number;
}

/**
 * The locator sets of all entries: equal ones are one, with one row of buckets, however many entries use it. So a
 * locator that fails costs a row for each set that it is in. Can be undone like SlotPool.
 */
export class LocatorSets {
  readonly #memory: EngineMemory;
  readonly #buckets: RunPool;
  readonly #rewrites: SharedRecords;
  readonly #nextHops: SharedRecords;
  readonly #byHash = new Map<number, LocatorSet[]>();
  /** By id; ids of sets that are gone are used again. */
  readonly #sets: (LocatorSet | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** By locator: the sets that it is in. */
  readonly #byLocator = new Map<string, Set<LocatorSet>>();
  /** Locators that are down, as of the last commit and since. */
  #down = new Set<string>();
  #downBefore: Set<string> | undefined;
  /** Users that came and went since the last commit, and sets that are new. */
  #acquired: LocatorSet[] = [];
  #released: LocatorSet[] = [];
  #fresh: LocatorSet[] = [];

  constructor(memory: EngineMemory, nextHops: SharedRecords, isQuiesced: (epoch: number) => boolean) {
    this.#memory = memory;
    this.#nextHops = nextHops;
    this.#buckets = new RunPool('buckets', memory.capacity.buckets, isQuiesced);
    this.#rewrites = new SharedRecords('rewrites', memory.capacity.rewrites, isQuiesced);
  }

  /** Throws EngineError on lack of room. */
  acquire(instanceId: number, targets: readonly EncapTarget[]): LocatorSet {
    const hash = hashTargets(instanceId, targets);
    const known = this.#byHash.get(hash)?.find((set) => isSame(set, instanceId, targets));
    const set = known ?? this.#make(hash, instanceId, targets);
    set.users++;
    this.#acquired.push(set);
    return set;
  }

  /** Readers may see the set until the next publish and for a batch after it. */
  release(set: LocatorSet): void {
    set.users--;
    this.#released.push(set);
  }

  byId(id: number): LocatorSet {
    return this.#sets[id]!;
  }

  /** From the next commit on. */
  setDown(locator: IpAddress, isDown: boolean): void {
    const key = formatIp(locator);
    if (this.#down.has(key) === isDown) return;
    this.#downBefore ??= new Set(this.#down);
    if (isDown) this.#down.add(key);
    else this.#down.delete(key);
  }

  /** Rewrites the rows of locators that have come up or gone down, in place, and lets go of sets without users. */
  commit(epoch: number): void {
    const before = this.#downBefore;
    if (before !== undefined) {
      const changed = [...this.#down, ...before].filter((key) => this.#down.has(key) !== before.has(key));
      const sets = changed.flatMap((key) => [...(this.#byLocator.get(key) ?? [])]);
      for (const set of new Set(sets)) this.#fill(set);
    }
    for (const set of this.#released) if (set.users === 0) this.#drop(set);
    this.#forgetChanges();
    this.#buckets.commit(epoch);
    this.#rewrites.commit(epoch);
  }

  rollback(): void {
    this.#down = this.#downBefore ?? this.#down;
    for (const set of this.#acquired) set.users--;
    for (const set of this.#released) set.users++;
    for (const set of this.#fresh) this.#unlist(set);
    this.#forgetChanges();
    this.#buckets.rollback();
    this.#rewrites.rollback();
  }

  #forgetChanges(): void {
    this.#downBefore = undefined;
    this.#acquired = [];
    this.#released = [];
    this.#fresh = [];
  }

  #make(hash: number, instanceId: number, targets: readonly EncapTarget[]): LocatorSet {
    // The length is that of all locators, up or down.
    const { length } = bucketRow(targets);
    const run = length === 0 ? undefined : this.#buckets.take(length);
    const rewriteKeys: string[] = [];
    const nextHopKeys: string[] = [];
    const rewrites = targets.map((target) => {
      if (target.priority === PRIORITY_NEVER) return undefined;
      const nextHopKey = keyOfNextHop(target.nextHop, false);
      const nextHop = acquireNextHop(this.#memory, this.#nextHops, target.nextHop, false);
      const { source, destination } = target;
      const key = `${instanceId} ${formatIp(source)} ${formatIp(destination)} ${nextHop} ${markingKey(target)}`;
      nextHopKeys.push(nextHopKey);
      rewriteKeys.push(key);
      return this.#rewrites.acquire(key, (at) => {
        writeRewrite(this.#memory, at, target, instanceId, nextHop);
      });
    });
    const id = this.#freeIds.pop() ?? this.#sets.length;
    const kept = targets.map((target) => ({ ...target, nextHop: { ...target.nextHop } }));
    const set: LocatorSet = {
      ...{ id, hash, instanceId, targets: kept, run, rewrites, rewriteKeys, nextHopKeys },
      row: [],
      users: 0,
    };
    this.#list(set);
    this.#fresh.push(set);
    this.#fill(set);
    return set;
  }

  #fill(set: LocatorSet): void {
    const { targets, run, rewrites } = set;
    set.row = bucketRow(targets, (index) => this.#down.has(formatIp(targets[index]!.destination)));
    if (run === undefined) return;
    const none = this.#memory.noRewrite;
    const row = Array.from({ length: run.length }, (_, slot) => rewrites[set.row[slot] ?? -1] ?? none);
    writeBuckets(this.#memory, run, row);
  }

  #drop(set: LocatorSet): void {
    // Released twice in one transaction.
    if (this.#sets[set.id] !== set) return;
    this.#unlist(set);
    if (set.run !== undefined) this.#buckets.retire(set.run);
    for (const key of set.rewriteKeys) this.#rewrites.release(key);
    for (const key of set.nextHopKeys) this.#nextHops.release(key);
  }

  #list(set: LocatorSet): void {
    this.#sets[set.id] = set;
    const equals = this.#byHash.get(set.hash);
    if (equals === undefined) this.#byHash.set(set.hash, [set]);
    else equals.push(set);
    for (const { destination } of set.targets) {
      const key = formatIp(destination);
      const sets = this.#byLocator.get(key) ?? new Set();
      this.#byLocator.set(key, sets.add(set));
    }
  }

  #unlist(set: LocatorSet): void {
    this.#sets[set.id] = undefined;
    this.#freeIds.push(set.id);
    const others = this.#byHash.get(set.hash)!.filter((each) => each !== set);
    if (others.length === 0) this.#byHash.delete(set.hash);
    else this.#byHash.set(set.hash, others);
    for (const { destination } of set.targets) {
      const sets = this.#byLocator.get(formatIp(destination));
      if (sets?.delete(set) === true && sets.size === 0) this.#byLocator.delete(formatIp(destination));
    }
  }
}

/** The slot of a next hop, written when it is new. */
export function acquireNextHop(
  memory: EngineMemory,
  nextHops: SharedRecords,
  nextHop: NextHop,
  isDefault: boolean,
): number {
  return nextHops.acquire(keyOfNextHop(nextHop, isDefault), (at) => {
    writeNextHop(memory, at, nextHop, isDefault);
  });
}

export function keyOfNextHop({ kind, interfaceIndex, gateway, mtu }: NextHop, isDefault: boolean): string {
  const via = gateway === undefined ? '-' : formatIp(gateway);
  return `${kind} ${interfaceIndex} ${via} ${mtu} ${isDefault ? 'default' : ''}`;
}

function isSame(set: LocatorSet, instanceId: number, targets: readonly EncapTarget[]): boolean {
  return (
    set.instanceId === instanceId &&
    set.targets.length === targets.length &&
    set.targets.every((target, i) => isSameTarget(target, targets[i]!))
  );
}

function isSameTarget(a: EncapTarget, b: EncapTarget): boolean {
  if (a === b) return true;
  return (
    a.priority === b.priority &&
    a.weight === b.weight &&
    sameIp(a.destination, b.destination) &&
    sameIp(a.source, b.source) &&
    a.nextHop.kind === b.nextHop.kind &&
    a.nextHop.interfaceIndex === b.nextHop.interfaceIndex &&
    a.nextHop.mtu === b.nextHop.mtu &&
    isSameGateway(a.nextHop.gateway, b.nextHop.gateway) &&
    (a.marking === undefined && b.marking === undefined
      ? a.pathMtu === b.pathMtu
      : markingKey(a) === markingKey(b))
  );
}

function isSameGateway(a: IpAddress | undefined, b: IpAddress | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameIp(a, b);
}

/** Of what tells sets apart as a rule; the rest is compared. */
function hashTargets(instanceId: number, targets: readonly EncapTarget[]): number {
  let hash = instanceId;
  for (const { destination, priority, weight, nextHop } of targets) {
    const { w0, w1, w2, w3 } = destination;
    hash = Math.imul((hash ^ w0) + w1, 0x85eb_ca6b);
    hash = Math.imul((hash ^ (hash >>> 13) ^ w2) + w3, 0xc2b2_ae35);
    hash = Math.imul((hash ^ (hash >>> 16)) + ((priority << 8) | weight), 0x27d4_eb2f);
    hash = Math.imul(
      (hash ^ (hash >>> 15)) + (nextHop.gateway?.w0 ?? 0) + nextHop.interfaceIndex,
      0x1656_67b1,
    );
  }
  return hash ^ (hash >>> 15);
}
