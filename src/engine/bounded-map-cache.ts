/** Learned Map-Cache entries of a data plane: at most so many, each with an end, kept in columns. */
import type { IpAddress } from '../base/ip.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { EidIndex } from '../mapping/eid-index.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import { EvictionOrder } from '../mapping/eviction-order.ts';
import type { DataPlane, EntryView, ForwardingEntry } from './data-plane.ts';
import { EngineError } from './errors.ts';

/** How many learned entries are kept, and for how long without traffic. */
export interface BoundedMapCacheOptions {
  /** Learned entries at most. The data plane has to have room for these and for what changes between two publishes. */
  readonly entries: number;
  /** An entry that no packet has met for so long leaves. Default: none does. */
  readonly idle?: Micros;
}

/** An entry, and what a data plane does not know of it. */
export interface LearnedEntryView extends EntryView {
  /** Until it ends; 0 for one whose time is over and that waits for the sweep, NEVER for one that was not learned here. */
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
 * Keeps learned entries of one data plane to a number, and ends them. What is set in the data plane past it stays there:
 * static entries never leave. Everything is a function of the times that are handed in; nothing is visible to packets
 * before `publish`. No call takes longer for there being more entries, but for `sweep` as its budget says. 90 to 100 bytes an
 * entry, as typed arrays that are made once.
 */
export class BoundedMapCache {
  readonly #plane: DataPlane;
  readonly #room: number;
  readonly #idle: Micros;
  readonly #index: EidIndex;
  readonly #order: EvictionOrder;
  readonly #free: Int32Array;
  #freeCount: number;
  /** 1 for numbers of members. */
  readonly #isMember: Uint8Array;
  readonly #expires: Float64Array;
  /** Hits at the last look of the sweep; when they had grown, or when it was looked at first; NaN before that. */
  readonly #seenHits: Float64Array;
  readonly #since: Float64Array;
  /** Numbers below this have been members. */
  #used = 0;
  #cursor = 0;
  /** EID-Prefixes that were told to the data plane and not published. */
  #unpublished: EidPrefix[] = [];

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
    this.#isMember = new Uint8Array(entries);
    this.#expires = new Float64Array(entries);
    this.#seenHits = new Float64Array(entries);
    this.#since = new Float64Array(entries);
  }

  /** Learned entries. */
  get size(): number {
    return this.#index.size;
  }

  /** Adds or replaces an entry that ends `ttl` from now. Returns the one that had to leave for it. */
  learn(now: Micros, entry: ForwardingEntry, ttl: Micros): EidPrefix | undefined {
    const { eid } = entry;
    const known = this.#index.find(eid);
    let left: EidPrefix | undefined;
    if (known >= 0) {
      this.#expires[known] = now + ttl;
    } else {
      if (this.#freeCount === 0) left = this.#evict();
      this.#add(eid, now + ttl);
    }
    this.#plane.setEntry(entry);
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
      if (this.#isMember[id] === 0) continue;
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
    const touched = this.#unpublished;
    this.#unpublished = [];
    try {
      this.#plane.publish();
    } catch (error) {
      this.#amend(touched);
      throw error;
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
    if (id < 0) return { ...view, ttlLeft: NEVER };
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

  #add(eid: EidPrefix, expires: Micros): void {
    const id = this.#free[--this.#freeCount]!;
    this.#index.add(id, eid);
    this.#isMember[id] = 1;
    this.#expires[id] = expires;
    this.#seenHits[id] = 0;
    this.#since[id] = NaN;
    this.#used = Math.max(this.#used, id + 1);
    this.#order.add(id, eid);
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
    this.#unpublished.push(eid);
    this.#unlist(id);
  }

  #unlist(id: number): void {
    this.#index.remove(id);
    this.#isMember[id] = 0;
    this.#free[this.#freeCount++] = id;
  }

  /** After a publish that failed: the data plane has what it had before. */
  #amend(touched: readonly EidPrefix[]): void {
    for (const eid of touched) {
      const id = this.#index.find(eid);
      if (id < 0) continue;
      this.#order.remove(id);
      this.#unlist(id);
    }
    for (const eid of touched) {
      if (this.#plane.entry(eid) !== undefined && this.#index.find(eid) < 0) this.#add(eid, 0);
    }
  }
}
