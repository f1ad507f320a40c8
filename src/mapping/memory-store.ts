/** The embedded MappingStore: everything lives in this process and dies with it. */
import { DeadlineQueue, type DeadlineQueueState } from '../base/deadline-queue.ts';
import { assert } from '../base/assert.ts';
import type { Micros } from '../base/time.ts';
import { EidTable } from './eid-table.ts';
import type { Eid, EidPrefix } from './eid.ts';
import type { Site } from './site.ts';
import type { MappingStore, Registration, SiteMatch, StoredMapping, StoreEvent, StoreOp } from './store.ts';

/** What `save` returns. */
export interface MemoryStoreState {
  readonly sites: readonly Site[];
  readonly mappings: readonly StoredMapping[];
  readonly pending: readonly StoreEvent[];
  readonly revision: number;
  readonly now: Micros;
  readonly deadlines: DeadlineQueueState<Ending>;
  readonly putCount: number;
}

const MAX_STALE_DEADLINES_COUNT = 64;

/** A registration that ends, unless it was refreshed since. */
interface Ending {
  readonly eid: EidPrefix;
  readonly xtr: string;
}

/**
 * Registrations in prefix tables; a change is queued by `apply` and happens when its event is read. A registration
 * that is refreshed keeps its place; the deadlines of its earlier lives are skipped when they come up.
 */
export class MemoryStore implements MappingStore {
  #sites: readonly Site[] = [];
  readonly #configured = new EidTable<SiteMatch>();
  readonly #registered = new EidTable<StoredMapping>();
  #pending: StoreEvent[] = [];
  #revision = 0;
  #now: Micros = 0;
  readonly #deadlines = new DeadlineQueue<Ending>();
  /** Since the last sweep of deadlines. */
  #putCount = 0;

  setSites(sites: readonly Site[]): void {
    this.#sites = sites;
    this.#configured.clear();
    for (const site of sites) {
      for (const { eid, acceptMoreSpecifics } of site.prefixes) {
        // Of two sites that claim one prefix the first one has it.
        if (this.#configured.get(eid) === undefined)
          this.#configured.set(eid, { site, eid, acceptMoreSpecifics });
      }
    }
  }

  siteOf(eid: EidPrefix): SiteMatch | undefined {
    return this.#configured.covering(eid).at(-1)?.value;
  }

  match(eid: Eid): StoredMapping | undefined {
    return this.#registered.match(eid)?.value;
  }

  get(eid: EidPrefix): StoredMapping | undefined {
    return this.#registered.get(eid);
  }

  /** A prefix overlaps no known one when it overlaps neither a configured nor a registered one: the longer hole. */
  gap(eid: Eid): EidPrefix | undefined {
    const configured = this.#configured.gap(eid);
    return configured === undefined ? undefined : this.gapWithin(configured, eid);
  }

  gapWithin(within: EidPrefix, eid: Eid): EidPrefix | undefined {
    return this.#registered.gapWithin(within, eid);
  }

  *covered(prefix: EidPrefix): Iterable<StoredMapping> {
    for (const { value } of this.#registered.covered(prefix)) yield value;
  }

  *all(): Iterable<StoredMapping> {
    for (const { value } of this.#registered.entries()) yield value;
  }

  apply(op: StoreOp): void {
    const revision = ++this.#revision;
    if (op.kind === 'put') {
      this.#pending.push({ kind: 'put', revision, opId: op.opId, registration: op.registration });
    } else {
      this.#pending.push({ kind: 'delete', revision, opId: op.opId, eid: op.eid, xtr: op.xtr });
    }
  }

  advance(now: Micros): void {
    assert(now >= this.#now, 'time moves forward');
    this.#now = now;
    for (let due = this.#deadlines.popDue(now); due !== undefined; due = this.#deadlines.popDue(now)) {
      if (this.#hasEnded(due.item))
        this.#pending.push({ kind: 'expire', revision: ++this.#revision, ...due.item });
    }
  }

  /** May be early: an ending that a refresh made obsolete still counts. */
  nextDeadline(): Micros {
    return this.#deadlines.nextDeadline();
  }

  *events(): Iterable<StoreEvent> {
    for (let event = this.#pending.shift(); event !== undefined; event = this.#pending.shift()) {
      // A put or delete that was queued before this expiry may have overtaken it.
      if (event.kind === 'expire' && !this.#hasEnded(event)) continue;
      this.#makeVisible(event);
      yield event;
    }
  }

  save(): MemoryStoreState {
    return {
      sites: this.#sites,
      mappings: [...this.all()],
      pending: this.#pending.slice(),
      revision: this.#revision,
      now: this.#now,
      deadlines: this.#deadlines.save(),
      putCount: this.#putCount,
    };
  }

  restore(state: unknown): void {
    const { sites, mappings, pending, revision, now, deadlines, putCount } = state as MemoryStoreState;
    this.setSites(sites);
    this.#registered.clear();
    for (const mapping of mappings) this.#registered.set(mapping.eid, mapping);
    this.#pending = pending.slice();
    this.#revision = revision;
    this.#now = now;
    this.#deadlines.restore(deadlines);
    this.#putCount = putCount;
  }

  #hasEnded({ eid, xtr }: Ending): boolean {
    const held = this.get(eid)?.registrations.find((registration) => registration.xtr === xtr);
    return held !== undefined && held.expires <= this.#now;
  }

  #makeVisible(event: StoreEvent): void {
    if (event.kind === 'synced') return;
    if (event.kind === 'put') this.#put(event.registration);
    else this.#remove(event);
  }

  #put(registration: Registration): void {
    const { xtr, expires } = registration;
    const { eid } = registration.mapping;
    const held = this.get(eid)?.registrations ?? [];
    const registrations = held.some((other) => other.xtr === xtr)
      ? held.map((other) => (other.xtr === xtr ? registration : other))
      : [...held, registration];
    this.#registered.set(eid, { eid, registrations });
    this.#deadlines.push(expires, { eid, xtr });
    this.#putCount++;
    if (this.#putCount > this.#registered.size + MAX_STALE_DEADLINES_COUNT) this.#sweepDeadlines();
  }

  /** Refreshes leave old deadlines behind: once in as many puts as there are EID-Prefixes, only the last ones stay. */
  #sweepDeadlines(): void {
    this.#putCount = 0;
    this.#deadlines.clear();
    for (const { eid, registrations } of this.all()) {
      for (const { xtr, expires } of registrations) this.#deadlines.push(expires, { eid, xtr });
    }
  }

  #remove({ eid, xtr }: Ending): void {
    const registrations = (this.get(eid)?.registrations ?? []).filter((other) => other.xtr !== xtr);
    if (registrations.length === 0) this.#registered.delete(eid);
    else this.#registered.set(eid, { eid, registrations });
  }
}
