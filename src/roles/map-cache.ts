/** The Map-Cache as the control plane holds it: static and learned entries, their order, their ends. */
import { assert } from '../base/assert.ts';
import { DeadlineQueue, type DeadlineQueueState } from '../base/deadline-queue.ts';
import { formatIp } from '../base/ip-text.ts';
import { minutes, NEVER, type Micros } from '../base/time.ts';
import { ACTION_SEND_MAP_REQUEST, actionName, type Action } from '../mapping/action.ts';
import { EidTable } from '../mapping/eid-table.ts';
import { eidKey, formatEidPrefix, type Eid, type EidPrefix } from '../mapping/eid.ts';
import type { EvictionOrderState } from '../mapping/eviction-order.ts';
import type { Locator } from '../mapping/locator.ts';
import { TTL_DEFAULT_MINUTES, TTL_RECEIVER_DECIDES, type Mapping } from '../mapping/mapping.ts';
import { LearnedOrder, type HitsOf } from './learned-order.ts';
import type { CacheEntry, RoleOutput } from './machine.ts';
import { trace } from './outputs.ts';

const MAX_STALE_DEADLINES_COUNT = 64;

/** A configured entry (IW-14): it never expires. With locators it is positive, and the action is ignored. */
export interface StaticEntry {
  readonly eid: EidPrefix;
  readonly action: Action;
  readonly locators: readonly Locator[];
}

/** "Always ask": the static entry 0.0.0.0/0 of an ITR, the coarse ranges of a PITR. */
export function sendMapRequestEntry(eid: EidPrefix): StaticEntry {
  return { eid, action: ACTION_SEND_MAP_REQUEST, locators: [] };
}

/**
 * What one EID-Prefix has. A learned entry hides a static one of the same prefix while it lives; that happens only
 * to static send-map-request entries (see `mayLearn`).
 */
interface Slot {
  readonly configured?: CacheEntry;
  readonly learned?: CacheEntry;
}

export interface MapCacheState {
  readonly configured: readonly CacheEntry[];
  readonly learned: readonly CacheEntry[];
  readonly deadlines: DeadlineQueueState<EidPrefix>;
  readonly order: EvictionOrderState;
}

/** All changes are reported as 'install' and 'uninstall' outputs, which say what is in force for a prefix. */
export class MapCache {
  readonly #table = new EidTable<Slot>();
  #learnedCount = 0;
  /** Ends of learned entries; an item whose entry has another end by now is skipped. */
  readonly #deadlines = new DeadlineQueue<EidPrefix>();
  /** Of learned entries. */
  readonly #order: LearnedOrder;

  /** `room`: learned entries at most. `hitsOf`: how often an entry was met, also by what is not in this cache. */
  constructor(room: number, hitsOf: HitsOf) {
    this.#order = new LearnedOrder(room, (eid) =>
      this.#covering(eid).reduce((sum, each) => sum + hitsOf(each), 0),
    );
  }

  /** Learned entries. */
  get learnedCount(): number {
    return this.#learnedCount;
  }

  /** The entry that a packet to `eid` meets. */
  match(eid: Eid): CacheEntry | undefined {
    const slot = this.#table.match(eid)?.value;
    return slot === undefined ? undefined : inForce(slot);
  }

  /** In EID order. */
  *entries(): Iterable<CacheEntry> {
    for (const { value } of this.#table.entries()) {
      const entry = inForce(value);
      if (entry !== undefined) yield entry;
    }
  }

  /**
   * T13: what the operator configured is never overwritten. Below and at a static entry that asks, anything may be
   * learned (a PITR's coarse entry may be the very prefix that a site registered); other static entries stand.
   */
  mayLearn(eid: EidPrefix): boolean {
    const configured = this.#table.covering(eid).findLast(({ value }) => value.configured !== undefined);
    const mapping = configured?.value.configured?.mapping;
    return mapping === undefined || isAsking(mapping);
  }

  /** Replaces the static entries; those that stay keep their age. Learned entries that may not stay leave. */
  configure(now: Micros, entries: readonly StaticEntry[], out: RoleOutput[]): void {
    const wanted = new Map(entries.map((entry) => [eidKey(entry.eid), entry]));
    for (const { eid, value } of [...this.#table.entries()]) {
      if (value.configured !== undefined && !wanted.has(eidKey(eid))) {
        this.#change(eid, value.learned === undefined ? {} : { learned: value.learned }, out);
      }
    }
    for (const entry of wanted.values()) {
      const mapping = staticMapping(entry);
      const held = this.#table.get(entry.eid);
      if (held?.configured !== undefined && isSame(held.configured.mapping, mapping)) continue;
      const configured: CacheEntry = { mapping, origin: 'static', installed: now, expires: NEVER };
      this.#change(entry.eid, { ...held, configured }, out);
    }
    for (const { mapping } of [...this.#learned()])
      if (!this.mayLearn(mapping.eid)) this.forget(mapping.eid, out);
  }

  /** Learned entries beyond the new room leave. */
  resize(room: number, out: RoleOutput[]): void {
    // First the order: what is a newcomer is a share of the room.
    this.#order.resize(room);
    while (this.#learnedCount > room) this.#evict(out);
  }

  /**
   * Makes room for learned entries of all these prefixes, some of which there may be (T21). False, and nothing has left,
   * when there will never be so much.
   */
  makeRoom(eids: readonly EidPrefix[], out: RoleOutput[]): boolean {
    const wanted = [...new Map(eids.map((eid) => [eidKey(eid), eid])).values()];
    if (wanted.length > this.#order.room) return false;
    const isNew = (eid: EidPrefix): boolean => this.#table.get(eid)?.learned === undefined;
    while (this.#learnedCount + wanted.filter(isNew).length > this.#order.room) this.#evict(out);
    return true;
  }

  /**
   * Installs a learned mapping whose TTL is not 0; there is room for it. Its end is its TTL, at most `maxTtlMinutes`,
   * but no later than the earliest end of the learned entries it covers (CP-24).
   */
  learn(now: Micros, mapping: Mapping, maxTtlMinutes: number, out: RoleOutput[], canEcho = false): void {
    const ttl = mapping.ttlMinutes === TTL_RECEIVER_DECIDES ? TTL_DEFAULT_MINUTES : mapping.ttlMinutes;
    let expires = now + minutes(Math.min(ttl, maxTtlMinutes));
    for (const { eid, value } of this.#table.covered(mapping.eid)) {
      if (eid.prefix.bits > mapping.eid.prefix.bits && value.learned !== undefined) {
        expires = Math.min(expires, value.learned.expires);
      }
    }
    const echo = canEcho ? { canEcho } : {};
    const learned: CacheEntry = { mapping, origin: 'map-reply', installed: now, expires, ...echo };
    this.#change(mapping.eid, { ...this.#table.get(mapping.eid), learned }, out);
    this.#schedule(learned);
    trace(out, 'itr', 'map-cache-installed', {
      eid: formatEidPrefix(mapping.eid),
      action: mapping.locators.length > 0 ? 'forward' : actionName(mapping.action),
      ttl: mapping.ttlMinutes,
      rlocs: mapping.locators.map(({ address }) => formatIp(address)).join(' '),
    });
  }

  /** Removes the learned entry for exactly this prefix; true when there was one. */
  forget(eid: EidPrefix, out: RoleOutput[]): boolean {
    const slot = this.#table.get(eid);
    if (slot?.learned === undefined) return false;
    this.#change(eid, slot.configured === undefined ? {} : { configured: slot.configured }, out);
    return true;
  }

  /** Removes the learned entries for which `isUnwanted` holds. */
  sweep(isUnwanted: (entry: CacheEntry) => boolean, out: RoleOutput[]): void {
    for (const entry of [...this.#learned()]) if (isUnwanted(entry)) this.forget(entry.mapping.eid, out);
  }

  expire(now: Micros, out: RoleOutput[]): void {
    for (let due = this.#deadlines.popDue(now); due !== undefined; due = this.#deadlines.popDue(now)) {
      if (this.#table.get(due.item)?.learned?.expires !== due.time) continue;
      this.forget(due.item, out);
      trace(out, 'itr', 'map-cache-expired', { eid: formatEidPrefix(due.item) });
    }
  }

  /** May be early. */
  nextDeadline(): Micros {
    return this.#deadlines.nextDeadline();
  }

  save(): MapCacheState {
    const slots = [...this.#table.entries()].map(({ value }) => value);
    return {
      configured: slots.flatMap(({ configured }) => (configured === undefined ? [] : [configured])),
      learned: [...this.#learned()],
      deadlines: this.#deadlines.save(),
      order: this.#order.save(),
    };
  }

  /** `room`: as when it was saved. */
  restore(room: number, state: MapCacheState): void {
    this.#table.clear();
    for (const configured of state.configured) this.#table.set(configured.mapping.eid, { configured });
    for (const learned of state.learned) {
      this.#table.set(learned.mapping.eid, { ...this.#table.get(learned.mapping.eid), learned });
    }
    this.#learnedCount = state.learned.length;
    this.#deadlines.restore(state.deadlines);
    this.#order.restore(room, state.order);
  }

  /**
   * The learned entry that has proven least useful leaves, and those that cover it: packets to it must miss, not follow
   * a wider mapping to other locators (RFC 9301 §5.5, CP-24).
   */
  #evict(out: RoleOutput[]): void {
    const victim = this.#order.evict();
    assert(victim !== undefined, 'an entry that was learned is in no order of eviction');
    for (const eid of this.#covering(victim)) {
      this.forget(eid, out);
      trace(out, 'itr', 'map-cache-evicted', { eid: formatEidPrefix(eid) });
    }
  }

  /**
   * The learned entries that leave with one, itself included. Their hits are counted as its own: it is not less
   * useful than they are.
   */
  #covering(eid: EidPrefix): EidPrefix[] {
    return this.#table
      .covering(eid)
      .filter(({ value }) => value.learned !== undefined)
      .map((each) => each.eid);
  }

  /** Entries learned again and again leave old deadlines behind: they are swept before they outnumber the rest. */
  #schedule({ mapping, expires }: CacheEntry): void {
    this.#deadlines.push(expires, mapping.eid);
    if (this.#deadlines.size <= 2 * this.#learnedCount + MAX_STALE_DEADLINES_COUNT) return;
    this.#deadlines.clear();
    for (const entry of this.#learned()) this.#deadlines.push(entry.expires, entry.mapping.eid);
  }

  *#learned(): Iterable<CacheEntry> {
    for (const { value } of this.#table.entries()) if (value.learned !== undefined) yield value.learned;
  }

  #change(eid: EidPrefix, slot: Slot, out: RoleOutput[]): void {
    const before = this.#table.get(eid);
    const [isLearned, wasLearned] = [slot.learned !== undefined, before?.learned !== undefined];
    this.#learnedCount += Number(isLearned) - Number(wasLearned);
    const entry = inForce(slot);
    if (entry === undefined) this.#table.delete(eid);
    else this.#table.set(eid, slot);
    if (isLearned && !wasLearned) this.#order.add(eid);
    else if (!isLearned && wasLearned) this.#order.remove(eid);
    if (entry === (before === undefined ? undefined : inForce(before))) return;
    out.push(entry === undefined ? { kind: 'uninstall', eid } : { kind: 'install', entry });
  }
}

/** True for an entry that every match asks again. */
export function isAsking({ action, locators }: Mapping): boolean {
  return locators.length === 0 && action === ACTION_SEND_MAP_REQUEST;
}

function inForce({ configured, learned }: Slot): CacheEntry | undefined {
  return learned ?? configured;
}

function staticMapping({ eid, action, locators }: StaticEntry): Mapping {
  return { eid, ttlMinutes: TTL_RECEIVER_DECIDES, action, authoritative: false, mapVersion: 0, locators };
}

/** Plain data of one maker: equal texts are equal mappings. */
function isSame(a: Mapping, b: Mapping): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
