import type { Counters, DataPlane, PacketCount } from '../engine/data-plane.ts';
import { eidKey, type EidPrefix } from '../mapping/eid.ts';

/** Plain data, structured-clone safe. */
export interface ForwardingCounterState {
  readonly counters: Counters;
  readonly hits: readonly (readonly [string, number])[];
}

/**
 * The counters of a data plane as the router shows them. A restored router starts on tables that were built anew,
 * so what the data plane counts from there on is added to what had been counted before.
 */
export class ForwardingCounters {
  readonly #dataPlane: DataPlane;
  #offset: Counters | undefined;
  #hits = new Map<string, number>();

  constructor(dataPlane: DataPlane) {
    this.#dataPlane = dataPlane;
  }

  read(): Counters {
    const now = this.#dataPlane.counters();
    return this.#offset === undefined ? now : combine(this.#offset, now, 1);
  }

  hits(eid: EidPrefix): number {
    return this.#dataPlane.hits(eid) + (this.#hits.get(eidKey(eid)) ?? 0);
  }

  /** The entry is gone; one that comes back starts from zero. */
  forget(eid: EidPrefix): void {
    this.#hits.delete(eidKey(eid));
  }

  /** Everything starts from zero; `eids` are the entries there are. */
  clear(eids: Iterable<EidPrefix>): void {
    const now = this.#dataPlane.counters();
    this.#offset = combine(combine(now, now, -1), now, -1);
    this.#hits = new Map([...eids].map((eid) => [eidKey(eid), -this.#dataPlane.hits(eid)]));
  }

  save(eids: Iterable<EidPrefix>): ForwardingCounterState {
    return {
      counters: this.read(),
      hits: [...eids].map((eid) => [eidKey(eid), this.hits(eid)] as const),
    };
  }

  /** To be called when the data plane's entries have been installed anew, so that their own hits are zero. */
  restore(state: ForwardingCounterState): void {
    this.#offset = combine(state.counters, this.#dataPlane.counters(), -1);
    this.#hits = new Map(state.hits);
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
