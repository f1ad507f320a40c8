/** Learned Map-Cache entries of a data plane: at most so many, each with an end, kept in columns. */
import type { IpAddress } from '../base/ip.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { EidIndex } from '../mapping/eid-index.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';
import { EvictionOrder } from '../mapping/eviction-order.ts';
import type { DataPlane, EntryView, ForwardingEntry } from './data-plane.ts';
import { EngineError } from './errors.ts';

/** States of the numbers for EID-Prefixes: a member is fresh until it has been published. */
const FREE = 0;
const FRESH = 1;
const PUBLISHED = 2;

/** How many learned entries are kept, and for how long without traffic. */
export interface BoundedMapCacheOptions {
  /** Learned entries at most. The data plane has to have room for these and for what changes between two publishes. */
  readonly entries: number;
  /** An entry that no packet has met for so long leaves. Default: none does. */
  readonly idle?: Micros;
}

/** An entry, and what a data plane does not know of it. */
export interface LearnedEntryView extends EntryView {
  /**
   * Until it ends; 0 for one whose time is over, or that has left and waits for `publish`, NEVER for one that was not
   * learned here.
   */
  readonly ttlLeft: Micros;
  /** When the sweep last found that packets had met it: they did so since the step before. Undefined: never found. */
  readonly lastUse?: Micros;
}

/** Why an entry has left. */
export interface Departure {
  readonly eid: EidPrefix;
  readonly why: 'expired' | 'idle';
}

/** What a step of the sweep did. */
export interface SweepStep {
  /** Those that leave, at most as many as were looked at. */
  readonly departures: readonly Departure[];
  /** The step came to the end of the entries; the next one begins again. */
  readonly isRoundOver: boolean;
}

/**
 * Keeps learned entries of one data plane to a number, and ends them. What is set in the data plane past it is static: it
 * never leaves, and `learn` does not touch it. An EID-Prefix is either static or learned; to make a learned one static,
 * `forget` it, then set it. Everything is a function of the times that are handed in; nothing is visible to packets
 * before `publish`, which publishes what was set past it as well: once there is one of these, publish by it alone. No call
 * takes longer for there being more entries, but for `sweep` as its budget says. 90 to 100 bytes an entry, as typed arrays
 * that are made once.
 */
export class BoundedMapCache {
  readonly #plane: DataPlane;
  readonly #room: number;
  readonly #idle: Micros;
  readonly #index: EidIndex;
  readonly #order: EvictionOrder;
  readonly #free: Int32Array;
  #freeCount: number;
  /** FREE, FRESH or PUBLISHED, by number. */
  readonly #states: Uint8Array;
  readonly #expires: Float64Array;
  /** Hits at the last look of the sweep; when they had grown, or when it was looked at first; NaN before that. */
  readonly #seenHits: Float64Array;
  readonly #since: Float64Array;
  /** Numbers below this have been members. */
  #used = 0;
  #cursor = 0;
  /**
   * Since the last publish: EID-Prefixes that were told to the data plane, those of them that had been published as
   * learned, new numbers.
   */
  #unpublished: EidPrefix[] = [];
  #before: EidPrefix[] = [];
  #fresh: number[] = [];

  /** Throws EngineError `bad-options` when the data plane has no room for so many entries and a change. */
  constructor(plane: DataPlane, { entries, idle = NEVER }: BoundedMapCacheOptions) {
    if (!Number.isInteger(entries) || entries < 1 || entries >= plane.entryCapacity)
      throw new EngineError('bad-options', 'entries', entries, plane.entryCapacity - 1);
    this.#plane = plane;
    this.#room = entries;
    this.#idle = idle;
    this.#index = new EidIndex(entries);
    const eidOf = (id: number): EidPrefix => this.#index.eidOf(id);
    this.#order = new EvictionOrder(entries, (id) => plane.hits(eidOf(id)), eidOf);
    this.#free = new Int32Array(entries);
    for (let i = 0; i < entries; i++) this.#free[i] = entries - 1 - i;
    this.#freeCount = entries;
    this.#states = new Uint8Array(entries);
    this.#expires = new Float64Array(entries);
    this.#seenHits = new Float64Array(entries);
    this.#since = new Float64Array(entries);
  }

  /** Learned entries. */
  get size(): number {
    return this.#index.size;
  }

  /**
   * Adds or replaces an entry that ends `ttl` from now. Returns the one that had to leave for it; 'static' when a static
   * entry has this EID-Prefix, published or not, which then stays: nothing was learned. Throws as `DataPlane.setEntry`, and
   * on a `ttl` below 0 or NaN.
   */
  learn(now: Micros, entry: ForwardingEntry, ttl: Micros): EidPrefix | 'static' | undefined {
    const { eid } = entry;
    if (!(ttl >= 0)) throw new EngineError('bad-value', 'ttl', ttl, NEVER, `${ttl} is not 0 or more`);
    const known = this.#index.find(eid);
    if (known < 0 && this.#plane.willHaveEntry(eid)) return 'static';
    // First, since it may throw.
    this.#plane.setEntry(entry);
    let left: EidPrefix | undefined;
    if (known >= 0) {
      this.#expires[known] = now + ttl;
      if (this.#states[known] === PUBLISHED) this.#before.push(eid);
    } else {
      if (this.#freeCount === 0) left = this.#evict();
      this.#fresh.push(this.#add(eid, now + ttl, FRESH));
    }
    this.#unpublished.push(eid);
    return left;
  }

  /** Takes a learned entry away; false when there is none for exactly this EID-Prefix. */
  forget(eid: EidPrefix): boolean {
    const id = this.#index.find(eid);
    if (id < 0) return false;
    this.#order.remove(id);
    this.#drop(id);
    return true;
  }

  /**
   * A step of the sweep: looks at the next `budget` places for entries and takes away what has ended, or has been idle for too
   * long. Called with `budget` 1,000 every 10 ms it comes to each of a million entries every 10 s.
   */
  sweep(now: Micros, budget: number): SweepStep {
    const departures: Departure[] = [];
    const end = Math.min(this.#used, this.#cursor + budget);
    for (let id = this.#cursor; id < end; id++) {
      if (this.#states[id] === FREE) continue;
      const why = this.#reasonToLeave(now, id);
      if (why === undefined) continue;
      departures.push({ eid: this.#index.eidOf(id), why });
      this.#order.remove(id);
      this.#drop(id);
    }
    const isRoundOver = end >= this.#used;
    this.#cursor = isRoundOver ? 0 : end;
    return { departures, isRoundOver };
  }

  /**
   * Makes the changes visible to packets. Throws EngineError on lack of room, as the data plane does: the tables stay as
   * they were, and those whose change was lost end with the next round of the sweep.
   */
  publish(): void {
    try {
      this.#plane.publish();
      for (const id of this.#fresh) if (this.#states[id] === FRESH) this.#states[id] = PUBLISHED;
    } catch (error) {
      this.#amend();
      throw error;
    } finally {
      this.#unpublished = [];
      this.#before = [];
      this.#fresh = [];
    }
  }

  /** The entry for exactly this EID-Prefix, as published. */
  entry(now: Micros, eid: EidPrefix): LearnedEntryView | undefined {
    const view = this.#plane.entry(eid);
    return view && this.#learned(now, view);
  }

  /** The entry that a packet to `address` would meet, as published. */
  match(now: Micros, instanceId: number, address: IpAddress): LearnedEntryView | undefined {
    const eid = this.#plane.matchEntry(instanceId, address);
    return eid && this.entry(now, eid);
  }

  /** A page of the published entries, those that were not learned included: as `DataPlane.entries`. */
  entries(now: Micros, after: EidPrefix | undefined, limit: number): LearnedEntryView[] {
    return this.#plane.entries(after, limit).map((view) => this.#learned(now, view));
  }

  #learned(now: Micros, view: EntryView): LearnedEntryView {
    const id = this.#index.find(view.eid);
    if (id < 0) {
      const key = eidKey(view.eid);
      return { ...view, ttlLeft: this.#before.some((eid) => eidKey(eid) === key) ? 0 : NEVER };
    }
    const ttlLeft = Math.max(0, this.#expires[id]! - now);
    return this.#seenHits[id]! > 0 ? { ...view, ttlLeft, lastUse: this.#since[id]! } : { ...view, ttlLeft };
  }

  #reasonToLeave(now: Micros, id: number): Departure['why'] | undefined {
    if (this.#expires[id]! <= now) return 'expired';
    const hits = this.#plane.hits(this.#index.eidOf(id));
    if (Number.isNaN(this.#since[id]!) || hits !== this.#seenHits[id]) {
      this.#since[id] = now;
      this.#seenHits[id] = hits;
      return undefined;
    }
    return now - this.#since[id]! >= this.#idle ? 'idle' : undefined;
  }

  #add(eid: EidPrefix, expires: Micros, state: number): number {
    const id = this.#free[--this.#freeCount]!;
    this.#index.add(id, eid);
    this.#states[id] = state;
    this.#expires[id] = expires;
    this.#seenHits[id] = 0;
    this.#since[id] = NaN;
    this.#used = Math.max(this.#used, id + 1);
    this.#order.add(id, eid);
    return id;
  }

  #evict(): EidPrefix {
    const id = this.#order.evict();
    const eid = this.#index.eidOf(id);
    this.#drop(id);
    return eid;
  }

  /** Of one that is in no queue any more. */
  #drop(id: number): void {
    const eid = this.#index.eidOf(id);
    this.#plane.removeEntry(eid);
    if (this.#states[id] === PUBLISHED) this.#before.push(eid);
    this.#unpublished.push(eid);
    this.#unlist(id);
  }

  #unlist(id: number): void {
    this.#index.remove(id);
    this.#states[id] = FREE;
    this.#free[this.#freeCount++] = id;
  }

  /** After a publish that failed: the data plane has what it had before, and what was learned of that ends. */
  #amend(): void {
    for (const eid of this.#unpublished) {
      const id = this.#index.find(eid);
      if (id < 0) continue;
      this.#order.remove(id);
      this.#unlist(id);
    }
    for (const eid of this.#before) if (this.#index.find(eid) < 0) this.#add(eid, 0, PUBLISHED);
  }
}
