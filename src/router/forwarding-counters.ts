import type { Counters, DataPlane, PacketCount } from '../engine/data-plane.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';

type HitCounts = readonly (readonly [eid: string, hits: number])[];

/** Plain data, structured-clone safe. */
export interface ForwardingCounterState {
  readonly counters: Counters;
  readonly hits: HitCounts;
  readonly cleared: HitCounts;
}

/**
 * The counters of a data plane as the router shows them. A restored router starts on tables that were built anew,
 * so what the data plane counts from there on is added to what had been counted before.
 */
export class ForwardingCounters {
  readonly #dataPlane: DataPlane;
  #offset: Counters | undefined;
  /** Of entries: what had been counted when the router was restored. */
  #earlier = new Map<string, number>();
  /** Of entries: what had been counted when the counters were cleared. */
  #cleared = new Map<string, number>();
  /** Entries that were taken away, not published. */
  #leaving: EidPrefix[] = [];

  constructor(dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
  }

  read(): Counters {
    const now = this.#dataPlane.counters();
    return this.#offset === undefined ? now : combine(this.#offset, now, 1);
  }

  /** As shown: since they were cleared. */
  hits(eid: EidPrefix): number {
    return this.hitsEver(eid) - (this.#cleared.get(eidKey(eid)) ?? 0);
  }

  /** Since the entry is there: what decides by hits does not depend on who clears them. */
  hitsEver(eid: EidPrefix): number {
    return this.#dataPlane.hits(eid) + (this.#earlier.get(eidKey(eid)) ?? 0);
  }

  /** The entry was taken away; see `published`. */
  forget(eid: EidPrefix): void {
    const key = eidKey(eid);
    if (this.#earlier.has(key) || this.#cleared.has(key)) this.#leaving.push(eid);
  }

  /**
   * Entries that are gone start from zero when they come back. Those that are back already go on, as they do in the data
   * plane, which saw no more than a change.
   */
  published(): void {
    for (const eid of this.#leaving.splice(0)) {
      if (this.#dataPlane.entry(eid) !== undefined) continue;
      this.#earlier.delete(eidKey(eid));
      this.#cleared.delete(eidKey(eid));
    }
  }

  /** Everything starts from zero; `eids` are the entries there are. */
  clear(eids: Iterable<EidPrefix>): void {
    const now = this.#dataPlane.counters();
    this.#offset = combine(combine(now, now, -1), now, -1);
    this.#cleared = new Map([...eids].map((eid) => [eidKey(eid), this.hitsEver(eid)]));
  }

  save(eids: Iterable<EidPrefix>): ForwardingCounterState {
    return {
      counters: this.read(),
      hits: [...eids].map((eid) => [eidKey(eid), this.hitsEver(eid)] as const),
      cleared: [...this.#cleared],
    };
  }

  /** To be called when the data plane's entries have been installed anew, so that their own hits are zero. */
  restore(state: ForwardingCounterState): void {
    this.#offset = combine(state.counters, this.#dataPlane.counters(), -1);
    this.#earlier = new Map(state.hits);
    this.#cleared = new Map(state.cleared);
    this.#leaving = [];
  }
}

function combine(a: Counters, b: Counters, sign: 1 | -1): Counters {
  const pair = (x: PacketCount, y: PacketCount): PacketCount => ({
    packets: x.packets + sign * y.packets,
    bytes: x.bytes + sign * y.bytes,
  });
  return {
    received: pair(a.received, b.received),
    native: pair(a.native, b.native),
    encapsulated: pair(a.encapsulated, b.encapsulated),
    decapsulated: pair(a.decapsulated, b.decapsulated),
    punted: a.punted + sign * b.punted,
    dropped: a.dropped + sign * b.dropped,
    byReason: a.byReason.map((count, reason) => count + sign * (b.byReason[reason] ?? 0)),
  };
}
