import { formatIp } from '../base/ip-text.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { PRIORITY_NEVER } from '../mapping/locator.ts';
import { bucketRow } from './buckets.ts';
import type { EncapTarget } from './data-plane.ts';
import type { EngineMemory } from './memory.ts';
import type { NextHops } from './next-hops.ts';
import { markingKey } from './outer-headers.ts';
import { writeBuckets, writeRewrite } from './records.ts';
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
  /** Slots, one for each rewrite that there is. */
  readonly nextHops: readonly number[];
  /** Index of a target for each slot of the run; empty when all are down. */
  row: readonly number[];
  users: number;
}

/**
 * The locator sets of all entries: equal ones are one, with one row of buckets, however many entries use it. So a
 * locator that fails costs a row for each set that it is in. Can be undone like a Pool.
 */
export class LocatorSets {
  readonly #memory: EngineMemory;
  readonly #buckets: RunPool;
  readonly #rewrites: SharedRecords;
  readonly #nextHops: NextHops;
  readonly #byHash = new Map<number, LocatorSet[]>();
  /** By id; ids of sets that are gone are used again. */
  readonly #sets: (LocatorSet | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** By locator: the sets that it is in. */
  readonly #byLocator = new Map<string, Set<LocatorSet>>();
  /** Locators that are down; and those that were up at the last commit and are down now, or the other way round. */
  readonly #down = new Set<string>();
  readonly #toggled = new Set<string>();
  /** Users that came and went since the last commit, and sets that are new. */
  #acquired: LocatorSet[] = [];
  #released: LocatorSet[] = [];
  #fresh: LocatorSet[] = [];

  constructor(memory: EngineMemory, nextHops: NextHops, isQuiesced: (epoch: number) => boolean) {
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
    toggle(this.#down, key);
    toggle(this.#toggled, key);
  }

  /** Rewrites the rows of locators that have come up or gone down, in place, and lets go of sets without users. */
  commit(epoch: number): void {
    const changed = [...this.#toggled].flatMap((key) => [...(this.#byLocator.get(key) ?? [])]);
    for (const set of new Set(changed)) this.#fill(set);
    for (const set of new Set(this.#released)) if (set.users === 0) this.#drop(set);
    this.#forgetChanges();
    this.#buckets.commit(epoch);
    this.#rewrites.commit(epoch);
  }

  rollback(): void {
    for (const key of this.#toggled) toggle(this.#down, key);
    for (const set of this.#acquired) set.users--;
    for (const set of this.#released) set.users++;
    for (const set of this.#fresh) this.#unlist(set);
    this.#forgetChanges();
    this.#buckets.rollback();
    this.#rewrites.rollback();
  }

  #forgetChanges(): void {
    this.#toggled.clear();
    this.#acquired = [];
    this.#released = [];
    this.#fresh = [];
  }

  #make(hash: number, instanceId: number, targets: readonly EncapTarget[]): LocatorSet {
    // The length is that of all locators, up or down.
    const { length } = bucketRow(targets);
    const run = length === 0 ? undefined : this.#buckets.take(length);
    const nextHops: number[] = [];
    const rewrites = targets.map((target) => {
      if (target.priority === PRIORITY_NEVER) return undefined;
      const nextHop = this.#nextHops.acquireHop(target.nextHop);
      nextHops.push(nextHop);
      const { source, destination } = target;
      const key = `${instanceId} ${formatIp(source)} ${formatIp(destination)} ${nextHop} ${markingKey(target)}`;
      return this.#rewrites.acquire(key, (at) => {
        writeRewrite(this.#memory, at, target, instanceId, nextHop);
      });
    });
    const id = this.#freeIds.pop() ?? this.#sets.length;
    const kept = targets.map((target) => ({ ...target, nextHop: { ...target.nextHop } }));
    const parts = { id, hash, instanceId, targets: kept, run, rewrites, nextHops };
    const set: LocatorSet = { ...parts, row: [], users: 0 };
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
    this.#unlist(set);
    if (set.run !== undefined) this.#buckets.retire(set.run);
    for (const slot of set.rewrites) if (slot !== undefined) this.#rewrites.release(slot);
    for (const slot of set.nextHops) this.#nextHops.release(slot);
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

function toggle(set: Set<string>, key: string): void {
  if (!set.delete(key)) set.add(key);
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
    const { interfaceIndex, gateway } = nextHop;
    for (const word of [w0, w1, w2, w3, (priority << 8) | weight, gateway?.w0 ?? 0, interfaceIndex]) {
      hash = Math.imul(hash ^ word, 0x85eb_ca6b);
      hash ^= hash >>> 15;
    }
  }
  return hash;
}
